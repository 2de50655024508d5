namespace FleetProf.Analysis.GcPauses;

/// <summary>Size after, survival and fragmentation of one generation at one GC; null where unknown or not collected.</summary>
public readonly record struct GcGenerationColumns(double? AfterMB, double? SurvivalPercent, double? FragmentationPercent);

namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>Cycles of one process (or of equal ones under equal load) while a setting held, in order of time.</summary>
public sealed record CycleSeries(CycleSetting Setting, IReadOnlyList<YoungCycle> Cycles);

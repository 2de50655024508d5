namespace FleetProf.Portal.GcPauses;

/// <summary>Query of a trend by columns.</summary>
public sealed record ColumnParameters : FieldParameters;

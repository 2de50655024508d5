namespace FleetProf.Silo.GcPauses.Export;

/// <summary>What metrics are exported for. The instance is empty unless it was asked for.</summary>
internal readonly record struct SeriesKey(string Service, string Version, string Instance)
{
    /// <summary>Takes what would be too many.</summary>
    public static readonly SeriesKey Other = new("other", "", "");
}

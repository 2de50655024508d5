namespace FleetProf.Silo.GcPauses;

/// <summary>Options of section FleetProf:Trends.</summary>
public sealed class TrendOptions
{
    public const string Section = "FleetProf:Trends";

    /// <summary>How long windows are kept. Default: 7 days. At least 10 minutes: comparisons need what was before.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often older windows are removed. Default: 10 minutes. Between 1 second and 1 day.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(10);
}

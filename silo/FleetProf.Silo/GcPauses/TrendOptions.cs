namespace FleetProf.Silo.GcPauses;

/// <summary>Options of section FleetProf:Trends. What is not kept as ten-second windows any more is there as roll-ups of a minute, then of a quarter of an hour.</summary>
public sealed class TrendOptions
{
    public const string Section = "FleetProf:Trends";

    /// <summary>How long windows of ten seconds are kept. Default: 48 hours. At least 10 minutes: comparisons need what was before. A window that comes later is dropped.</summary>
    public TimeSpan WindowRetention { get; set; } = TimeSpan.FromHours(48);

    /// <summary>How long roll-ups of a minute are kept. Default: 14 days. At least <see cref="WindowRetention"/>.</summary>
    public TimeSpan MinuteRetention { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long roll-ups of 15 minutes are kept. Default: 400 days. At least <see cref="MinuteRetention"/>, at most 10 years.</summary>
    public TimeSpan QuarterRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How often windows that have passed are rolled up. Default: 10 seconds. Between 1 second and 10 minutes.</summary>
    public TimeSpan RollUpInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often what is too old is removed. Default: 10 minutes. Between 1 second and 1 day.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether /metrics has a series per instance instead of one per service and version. Default: false; a large fleet has too many for most stores.</summary>
    public bool ExportInstances { get; set; }
}

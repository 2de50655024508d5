namespace FleetProf.Silo.Fleet.Deploys;

/// <summary>Options of section FleetProf:Deploys.</summary>
public sealed class DeployOptions
{
    public const string Section = "FleetProf:Deploys";

    /// <summary>From the begin of a deploy until its comparison is decided. Default: 10 minutes. At least one second.</summary>
    public TimeSpan Soak { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait before a comparison that could not be planned is tried again. Default: 15 s. At least 100 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long planning is tried, counted from when the comparison was due. Default: 1 day.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    public IEnumerable<string> Problems()
    {
        var times = new (string Name, TimeSpan Value, TimeSpan Least)[]
        {
            (nameof(Soak), Soak, TimeSpan.FromSeconds(1)),
            (nameof(RetryDelay), RetryDelay, TimeSpan.FromMilliseconds(100)),
            (nameof(GiveUpAfter), GiveUpAfter, TimeSpan.FromMinutes(1)),
        };
        return times.Where(entry => entry.Value < entry.Least).Select(entry => $"{Section}:{entry.Name} = {entry.Value} must be at least {entry.Least}.");
    }
}

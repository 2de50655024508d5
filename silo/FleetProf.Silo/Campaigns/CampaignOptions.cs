namespace FleetProf.Silo.Campaigns;

/// <summary>Options of section FleetProf:Campaigns: how long silence is borne.</summary>
public sealed class CampaignOptions
{
    public const string Section = "FleetProf:Campaigns";

    /// <summary>Shortest time between two steps without a report.</summary>
    public TimeSpan StepInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest time between two steps.</summary>
    public TimeSpan IdleInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time within which an agent may begin a capture after it was told.</summary>
    public TimeSpan StartWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence of an agent, beyond the recording time, after which a capture has timed out.</summary>
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Time for an agent to send the result of a capture that it does not run any more: since it returned, or since what it uploaded was analysed.</summary>
    public TimeSpan LostGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time for agents to come back after the silo was away: ten thousand take a minute and a half.</summary>
    public TimeSpan ReturnGrace { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Time for an agent to confirm a stop.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>A stop that was not confirmed is sent again after this.</summary>
    public TimeSpan CancelInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an agent that cannot be reached is waited for before its capture fails.</summary>
    public TimeSpan UnreachableGrace { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Wait before a start is tried again that certainly did not happen.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often an analysis without outcome is looked for in the artifact store.</summary>
    public TimeSpan AnalysisCheck { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How late a recurring run may still be begun, and how long it waits then for instances that were lost just now; later ones are left out.</summary>
    public TimeSpan RunTolerance { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>The longest stop that a heap snapshot may cause by estimate, unless its campaign says otherwise.</summary>
    public TimeSpan MaxHeapStall { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The same for the first of a service: without an earlier one the estimate is the most careful there is, several times too long as a rule.</summary>
    public TimeSpan MaxFirstHeapStall { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    public IEnumerable<string> Problems()
    {
        var times = new (string Name, TimeSpan Value)[]
        {
            (nameof(StepInterval), StepInterval), (nameof(IdleInterval), IdleInterval), (nameof(StartWindow), StartWindow),
            (nameof(SilenceLimit), SilenceLimit), (nameof(LostGrace), LostGrace), (nameof(ReturnGrace), ReturnGrace), (nameof(StopGrace), StopGrace),
            (nameof(CancelInterval), CancelInterval), (nameof(UnreachableGrace), UnreachableGrace), (nameof(RetryDelay), RetryDelay),
            (nameof(AnalysisCheck), AnalysisCheck), (nameof(RunTolerance), RunTolerance), (nameof(MaxHeapStall), MaxHeapStall), (nameof(MaxFirstHeapStall), MaxFirstHeapStall),
        };
        return times.Where(entry => entry.Value <= TimeSpan.Zero || entry.Value > TimeSpan.FromDays(1))
            .Select(entry => $"{Section}:{entry.Name} = {entry.Value} must be above zero and at most one day, for example 00:00:30.");
    }
}

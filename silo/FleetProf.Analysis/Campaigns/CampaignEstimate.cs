namespace FleetProf.Analysis.Campaigns;

/// <summary>Rough time of a campaign, for a preview.</summary>
public static class CampaignEstimate
{
    /// <summary>Attaching, rundown and upload of one capture, as seen on small services.</summary>
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(6);

    /// <summary>A heap snapshot has no recording time of its own.</summary>
    private static readonly TimeSpan Snapshot = TimeSpan.FromSeconds(5);

    /// <summary>Of the last analysis, which nothing overlaps with.</summary>
    private static readonly TimeSpan Analysis = TimeSpan.FromSeconds(5);

    /// <param name="drawnAgents">For each service the agents of its drawn instances, one entry per instance.</param>
    /// <param name="recordings">Recording time of each kind; null for a heap snapshot.</param>
    /// <param name="maxConcurrentPerService">Bound on captures at once.</param>
    public static TimeSpan Of(IReadOnlyCollection<IReadOnlyCollection<string>> drawnAgents, IReadOnlyCollection<TimeSpan?> recordings, int maxConcurrentPerService)
    {
        var perInstance = recordings.Aggregate(TimeSpan.Zero, (sum, recording) => sum + (recording ?? Snapshot) + Overhead);
        var byService = drawnAgents.Select(agents => Rounds(agents.Count, Math.Min(maxConcurrentPerService, agents.Distinct().Count())));
        var byHost = drawnAgents.SelectMany(agents => agents).GroupBy(agent => agent).Select(agent => agent.Count());
        var rounds = byService.Concat(byHost).DefaultIfEmpty(0).Max();
        return rounds == 0 ? TimeSpan.Zero : perInstance * rounds + Analysis;
    }

    private static int Rounds(int instances, int atOnce) => (instances + Math.Max(1, atOnce) - 1) / Math.Max(1, atOnce);
}

using System.Diagnostics;
using FleetProf.Contracts.Campaigns;
using FleetProf.Load.Agents;
using FleetProf.Load.Silo;

namespace FleetProf.Load.Scenarios;

/// <summary>Campaigns over the whole fleet: from the operator's call until every agent knows that its result is stored.</summary>
internal static class CommandScenario
{
    /// <summary>What one campaign takes at most.</summary>
    private const int MostCaptures = 5_000;
    private const int PerService = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Aim = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    /// <returns>Whether every agent was ordered, every result came back, in time by the median if that is judged, and every campaign ended.</returns>
    public static async Task<bool> RunAsync(LoadRun run)
    {
        if (!await SteadyScenario.ConnectAsync(run))
        {
            return false;
        }

        await using var connection = await SiloGrains.ConnectAsync(run.Silo);
        connection.SpeakAsAdmin();
        var (isKept, times) = (true, new List<double>());
        for (var round = 1; round <= run.Options.Rounds; round++)
        {
            await Task.Delay(run.Options.Steady / 2);
            var (isRoundKept, took) = await OrderAsync(run, connection.Grains, round);
            isKept &= isRoundKept;
            times.Add(took.TotalSeconds);
            await Task.Delay(Rest);
        }

        // The first compiles the code that the others are measured with.
        var measured = times.Skip(1).Order().ToList();
        if (measured.Count > 0)
        {
            var median = TimeSpan.FromSeconds((measured[(measured.Count - 1) / 2] + measured[measured.Count / 2]) / 2);
            var aim = TimeAim.Of(run.Options.Aim, Aim);
            Console.WriteLine($"rounds 2 to {times.Count}: acknowledged after a median of {median.TotalSeconds:0.00} s, {measured[0]:0.00} to {measured[^1]:0.00} s; {aim.Describe(median)}");
            isKept &= aim.IsKept(median);
        }

        return isKept & SteadyScenario.IsAllStored(run);
    }

    private static async Task<(bool IsKept, TimeSpan Took)> OrderAsync(LoadRun run, IGrainFactory grains, int round)
    {
        var (figures, agents) = (run.Fleet.Figures, run.Options.Agents);
        var (ordered, told) = (figures.Ordered, figures.Told);
        var campaigns = ServicesOf(agents).Chunk(MostCaptures / PerService).Select((part, at) => (Grain: grains.GetGrain<ICampaignGrain>($"load-{round}-{at}"), Spec: ToSpec(part))).ToList();
        var shares = new Shares(run.Silo);
        var started = Stopwatch.GetTimestamp();
        var created = await Task.WhenAll(campaigns.Select(campaign => campaign.Grain.CreateAsync(campaign.Spec, null)));
        foreach (var problem in created.SelectMany(creation => creation.Problems))
        {
            Console.WriteLine($"campaign: {problem.Field}: {problem.Message}");
        }

        // Without those whose connection has just broken.
        var targets = created.Sum(creation => creation.Campaign?.Targets.Count ?? 0);
        var createdAt = Stopwatch.GetElapsedTime(started);
        var areOrdered = await AgentFleet.UntilAsync(() => figures.Ordered - ordered >= targets, Limit);
        var orderedAt = Stopwatch.GetElapsedTime(started);
        var areTold = await AgentFleet.UntilAsync(() => figures.Told - told >= targets, Limit);
        var toldAt = Stopwatch.GetElapsedTime(started);
        var (silo, own) = (shares.SiloSeconds, shares.OwnSeconds);
        Console.WriteLine(
            $"command, round {round}: {campaigns.Count} campaigns over {targets} agents stored after {createdAt.TotalSeconds:0.00} s, all ordered after {orderedAt.TotalSeconds:0.00} s ({areOrdered}), all results stored and acknowledged after {toldAt.TotalSeconds:0.00} s ({areTold}); {silo:0.0} CPU seconds of the silo, {own:0.0} of the generator");
        return (targets > agents * 0.9 && areOrdered && areTold && await AreOverAsync(campaigns.Select(campaign => campaign.Grain), started), toldAt);
    }

    /// <summary>Of the services of the first so many agents, begun and acknowledged.</summary>
    public static async Task BeginAsync(IGrainFactory grains, string id, int agents)
    {
        var creation = await grains.GetGrain<ICampaignGrain>(id).CreateAsync(ToSpec([.. ServicesOf(agents)]), null);
        if (creation.Campaign is null)
        {
            throw new InvalidOperationException($"The campaign was refused: {string.Join(' ', creation.Problems.Select(problem => problem.Message))}");
        }
    }

    public static async Task<bool> AreOverAsync(IEnumerable<ICampaignGrain> campaigns, long started)
    {
        var ends = await Task.WhenAll(campaigns.Select(UntilOverAsync));
        Console.WriteLine($"campaigns over after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: {string.Join(", ", ends.SelectMany(campaign => campaign.Targets).CountBy(target => (target.State, target.Failure)).Select(end => $"{end.Value} x {end.Key.State} {end.Key.Failure}"))}");
        return ends.All(campaign => campaign.State == CampaignState.Completed);
    }

    private static async Task<Campaign> UntilOverAsync(ICampaignGrain campaign)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var now = (await campaign.GetAsync())!;
            if (now.EndedAt is not null || limit.IsCancellationRequested)
            {
                return now;
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private static IEnumerable<string> ServicesOf(int agents) => Enumerable.Range(0, (agents + PerService - 1) / PerService).Select(service => SimulatedAgent.ServiceOf(service * PerService));

    private static CampaignSpec ToSpec(IReadOnlyList<string> services) => new()
    {
        Name = "load",
        Selector = new CampaignSelector { Services = services },
        Kinds = [Contracts.Captures.CaptureKind.Trace],
        SampleFraction = 1,
        DurationSeconds = 1,
        MaxConcurrentPerService = PerService,
        Deadline = TimeSpan.FromMinutes(10),
        RequestedBy = "load",
        Reason = "load",
    };
}

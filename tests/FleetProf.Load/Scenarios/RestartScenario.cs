using System.Diagnostics;

namespace FleetProf.Load.Scenarios;

/// <summary>The silo is killed and started again under a whole fleet.</summary>
internal static class RestartScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Aim = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan CatchingUp = TimeSpan.FromSeconds(60);

    /// <returns>Whether all were back in time within twice the memory, and nothing acknowledged, before or after, is missing.</returns>
    public static async Task<bool> RunAsync(LoadRun run)
    {
        var idle = run.Silo.ResidentMegabytes;
        if (!await SteadyScenario.ConnectAsync(run))
        {
            return false;
        }

        await SteadyScenario.MeasureAsync(run, idle);
        var (before, fleet) = (run.Silo.PeakMegabytes, run.Fleet);
        await run.Silo.KillAsync();
        fleet.Figures.Clear();
        var killed = Stopwatch.GetTimestamp();
        await run.Silo.StartAgainAsync();
        var ready = Stopwatch.GetElapsedTime(killed);
        var shares = new Shares(run.Silo);
        var areBack = await fleet.UntilAllSeenAsync(Limit);
        var back = Stopwatch.GetElapsedTime(killed);
        Console.WriteLine($"restart: silo ready {ready.TotalSeconds:0.0} s after kill -9; {fleet.Figures.Seen} agents back after {back.TotalSeconds:0.0} s; silo {shares.SiloCores:0.00} cores, generator {shares.OwnCores:0.00} cores");
        Console.WriteLine($"arrivals: {fleet.Figures.Arrivals(killed)}");
        Console.WriteLine($"ends: {fleet.Figures.Ends}");
        var isCaughtUp = await CatchUpAsync(run);
        var peak = run.Silo.PeakMegabytes;
        Console.WriteLine($"memory: most {before:0} MiB before, {peak:0} MiB after ({peak / before:0.00} times); window due to acknowledged: {fleet.Figures.Acks()}; caught up: {isCaughtUp}, {fleet.Waiting} wait");
        return SteadyScenario.IsAllStored(run) & areBack & isCaughtUp & back <= Aim & peak < 2 * before;
    }

    /// <summary>What was finished while the silo was away has arrived: no more waits than is always under way.</summary>
    private static Task<bool> CatchUpAsync(LoadRun run) => Agents.AgentFleet.UntilAsync(() => run.Fleet.Waiting <= run.Options.Agents / 2, CatchingUp);
}

using System.Diagnostics;
using FleetProf.Contracts.Campaigns;
using FleetProf.Load.Silo;

namespace FleetProf.Load.Scenarios;

/// <summary>The silo is killed and started again under a whole fleet.</summary>
internal static class RestartScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Aim = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan CatchingUp = TimeSpan.FromSeconds(60);

    /// <summary>Besides those whose connection breaks within two minutes by themselves.</summary>
    private const double Connected = 0.99;

    /// <summary>Have a capture under way when the silo dies.</summary>
    private const int Capturing = 500;
    private const string CampaignId = "load-under-way";

    /// <returns>Whether most were connected before it, all were back, in time if that is judged, within twice the memory, and nothing acknowledged is missing: windows, before or after, and a campaign that was under way.</returns>
    public static async Task<bool> RunAsync(LoadRun run)
    {
        var idle = run.Silo.ResidentMegabytes;
        if (!await SteadyScenario.ConnectAsync(run))
        {
            return false;
        }

        var isOfMost = await SteadyScenario.MeasureAsync(run, idle);
        var (before, steady, fleet) = (run.Silo.PeakMegabytes, run.Silo.ResidentMegabytes, run.Fleet);
        await using var connection = await SiloGrains.ConnectAsync(run.Silo);
        connection.SpeakAsAdmin();
        await CommandScenario.BeginAsync(connection.Grains, CampaignId, Math.Min(Capturing, run.Options.Agents));
        var killed = Stopwatch.GetTimestamp();
        await run.Silo.KillAsync();
        fleet.Figures.Clear();
        await run.Silo.StartAgainAsync();
        var ready = Stopwatch.GetElapsedTime(killed);
        var shares = new Shares(run.Silo);
        var areBack = await fleet.UntilAllSeenAsync(Limit) & fleet.Figures.Connected >= run.Options.Agents * (Connected - 2 * run.Options.DropShare);
        var back = Stopwatch.GetElapsedTime(killed);
        var aim = TimeAim.Of(run.Options.Aim, Aim);
        Console.WriteLine($"restart: silo ready {ready.TotalSeconds:0.0} s after kill -9; {fleet.Figures.Seen} agents back, {fleet.Figures.Connected} of them connected, after {back.TotalSeconds:0.0} s; {aim.Describe(back)}; silo {shares.SiloCores:0.00} cores, generator {shares.OwnCores:0.00} cores");
        Console.WriteLine($"arrivals: {fleet.Figures.Arrivals(killed)}");
        Console.WriteLine($"ends: {fleet.Figures.Ends}");
        var isCaughtUp = await CatchUpAsync(run, killed);
        var caughtUp = Stopwatch.GetElapsedTime(killed);
        var peak = run.Silo.PeakMegabytes;
        Console.WriteLine($"memory: most {before:0} MiB before, {peak:0} MiB after ({peak / before:0.00} times; {peak / steady:0.00} times the {steady:0} MiB resident when it was killed); window due to acknowledged: {fleet.Figures.Acks()}; caught up: {isCaughtUp} ({caughtUp.TotalSeconds:0} s after kill -9), {fleet.Waiting} wait");
        var isOver = await IsOverAsync(run, killed);
        return SteadyScenario.IsAllStored(run) & isOfMost & areBack & isCaughtUp & isOver & aim.IsKept(back) & peak < 2 * before;
    }

    /// <summary>What was acknowledged to its operator goes on: each capture has ended, one way or another.</summary>
    private static async Task<bool> IsOverAsync(LoadRun run, long killed)
    {
        await using var connection = await SiloGrains.ConnectAsync(run.Silo);
        connection.SpeakAsAdmin();
        return await CommandScenario.AreOverAsync([connection.Grains.GetGrain<ICampaignGrain>(CampaignId)], killed);
    }

    /// <summary>
    /// What was finished while the silo was away has arrived: no more waits than is always under way. Agents keep it on the silo's wish while others are still to
    /// come, so that a fleet that is back early may take until as long after the aim as one that is back late after its return.
    /// </summary>
    private static Task<bool> CatchUpAsync(LoadRun run, long killed)
    {
        var left = Aim + CatchingUp - Stopwatch.GetElapsedTime(killed);
        return Agents.AgentFleet.UntilAsync(() => run.Fleet.Waiting <= run.Options.Agents / 2, left > CatchingUp ? left : CatchingUp);
    }
}

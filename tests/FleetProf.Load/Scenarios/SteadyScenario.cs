using FleetProf.Load.Silo;

namespace FleetProf.Load.Scenarios;

/// <summary>All agents connected and busy: what that costs the silo.</summary>
internal static class SteadyScenario
{
    private static readonly TimeSpan ConnectReserve = TimeSpan.FromSeconds(120);

    /// <summary>Code is compiled and tiers settle in the first seconds.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    /// <returns>Whether all were connected, most of them while it was measured too, and everything acknowledged is stored.</returns>
    public static async Task<bool> RunAsync(LoadRun run)
    {
        var before = run.Silo.ResidentMegabytes;
        if (!await ConnectAsync(run))
        {
            return false;
        }

        await Task.Delay(Settling < run.Options.Steady ? Settling : run.Options.Steady);
        var isOfMost = await MeasureAsync(run, before);
        return IsAllStored(run) & isOfMost;
    }

    public static async Task<bool> ConnectAsync(LoadRun run)
    {
        var shares = new Shares(run.Silo);
        run.Fleet.Start();
        var limit = TimeSpan.FromSeconds((double)run.Options.Agents / run.Options.ConnectsPerSecond) + ConnectReserve;
        var isConnected = await run.Fleet.UntilAllSeenAsync(limit);
        Console.WriteLine(
            $"connected: {run.Fleet.Figures.Seen} agents in {shares.Seconds:0.0} s; CPU per agent {shares.SiloSeconds * 1000 / run.Options.Agents:0.0} ms of the silo, {shares.OwnSeconds * 1000 / run.Options.Agents:0.0} ms of the generator; ends: {run.Fleet.Figures.Ends}");
        return isConnected;
    }

    /// <returns>Whether most agents were connected: else the figures are those of a smaller fleet.</returns>
    public static async Task<bool> MeasureAsync(LoadRun run, double megabytesBefore)
    {
        run.Fleet.Figures.Clear();
        var before = run.Fleet.Figures.Connected;
        var shares = new Shares(run.Silo);
        await Task.Delay(run.Options.Steady);
        var agents = run.Options.Agents;
        var (cores, fleet) = (shares.SiloCores, new SteadyFleet(before, run.Fleet.Figures.Connected));
        Console.WriteLine(
            $"steady: silo {cores:0.000} cores over {shares.Seconds:0} s = {fleet.PerCore(cores):0} agents per core; generator {shares.OwnCores:0.000} cores; {fleet.Connected} of {agents} connected; ends: {run.Fleet.Figures.Ends}");
        Console.WriteLine($"memory: silo {run.Silo.ResidentMegabytes:0} MiB resident, {(run.Silo.ResidentMegabytes - megabytesBefore) * 1024 / agents:0} KiB per agent; generator {Environment.WorkingSet / 1048576.0:0} MiB");
        Console.WriteLine($"window due to acknowledged: {run.Fleet.Figures.Acks()}; {run.Fleet.Waiting} wait");
        return fleet.IsMostOf(agents);
    }

    public static bool IsAllStored(LoadRun run)
    {
        // The list first: what is acknowledged while the catalog is read is not in it, what was before must be in the catalog.
        var acknowledged = run.Fleet.Acknowledged();
        var stored = StoredWindows.Read(run.Silo);
        var lost = acknowledged.Count(window => !stored.Contains(window));
        Console.WriteLine($"windows acknowledged: {acknowledged.Count}, of them not stored: {lost}");
        return acknowledged.Count > 0 && lost == 0;
    }
}

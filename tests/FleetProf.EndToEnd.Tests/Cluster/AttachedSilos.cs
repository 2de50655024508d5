using FleetProf.EndToEnd.Tests.Faults;

namespace FleetProf.EndToEnd.Tests.Cluster;

/// <summary>Both silos, a portal that knows both, and a watched process at each: the agent of the first knows both silos, that of the second only the second.</summary>
public sealed class AttachedSilos : IAsyncLifetime
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private WatchedProbe? first;
    private WatchedProbe? second;
    private PartProcess? agent;

    internal TwoSilos Cluster { get; } = new();

    internal WatchedProbe First => first ?? throw new InvalidOperationException("The silos were not started.");

    internal WatchedProbe Second => second ?? throw new InvalidOperationException("The silos were not started.");

    public async ValueTask InitializeAsync()
    {
        await Cluster.InitializeAsync();
        first = await WatchedProbe.StartAsync();
        second = await WatchedProbe.StartAsync();

        // The first agent comes while there is only one silo, and stays there as long as that lives.
        agent = Cluster.StartAgent(first.Service, 0, 1);
        await Cluster.StartPortalAsync();
        await Until.TrueAsync("the first agent is there", Ample, async () => (await Cluster.Portal.InstancesAsync(first.Service)).Count == 1);
        await Cluster.StartSiloAsync(1);
        Cluster.StartAgent(second.Service, 1);
        await RunningAsync();
    }

    /// <summary>The portal knows both processes as running.</summary>
    internal Task RunningAsync() => Until.TrueAsync("all instances run", Ample, async () =>
        (await Cluster.Portal.InstancesAsync(First.Service)).Count == 1 && (await Cluster.Portal.InstancesAsync(Second.Service)).Count == 1);

    /// <summary>The first agent has connected to the first silo last.</summary>
    internal Task FirstIsAtTheFirstAsync() => Until.TrueAsync("the first agent is at the first silo", Ample, () => Task.FromResult(
        agent?.Said.Split('\n').LastOrDefault(line => line.Contains("Connected to the silo", StringComparison.Ordinal))?.Contains(Cluster.AgentAddress(0), StringComparison.Ordinal) == true));

    public async ValueTask DisposeAsync()
    {
        foreach (var probe in new[] { first, second }.OfType<WatchedProbe>())
        {
            await probe.DisposeAsync();
        }

        await Cluster.DisposeAsync();
    }
}

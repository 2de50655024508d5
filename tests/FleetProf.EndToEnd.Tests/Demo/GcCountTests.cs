using FleetProf.TestKit.Processes;
using FleetProf.EndToEnd.Tests.Faults;

namespace FleetProf.EndToEnd.Tests.Demo;

/// <summary>The agent counts what the process itself counts.</summary>
[Collection<DemoCollection>]
public sealed class GcCountTests(DemoFixture demo)
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Watched_Process_ItsOwnCountIsFleetProfs()
    {
        await using var watched = await WatchedProbe.StartAsync();
        var (service, probe) = watched;
        await Until.TrueAsync("the probe is watched", Ample, async () => (await demo.Portal.InstancesAsync(service)).Count == 1 && TargetSessions.CountOf(probe.Pid) == 1);
        var before = (await probe.GetCollectionCountsAsync())[0];

        await probe.AskAsync("churn 200");
        await probe.AskAsync("collect 2 blocking");
        await probe.AskAsync("collect 2 background");
        await probe.AskAsync("collect 0 blocking");

        var own = (await probe.GetCollectionCountsAsync())[0] - before;
        Assert.True(own >= 3);
        await Until.TrueAsync($"FleetProf counts {own} GCs", Ample, async () => (await demo.Portal.InstancesAsync(service)).SingleOrDefault()?.Vitals?.GcCount == own);
    }
}

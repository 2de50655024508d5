using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.EndToEnd.Tests.Faults;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Cluster;

/// <summary>A hold is of the fleet, not of the silo that was asked for it.</summary>
[Collection<FaultCollection>, Trait("Ring", "process")]
public sealed class HeldSilosTests : IAsyncLifetime
{
    private const string Reason = "the shop is down";
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private readonly TwoSilos cluster = new();

    public ValueTask InitializeAsync() => cluster.InitializeAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Hold_PlacedAtOneSilo_StopsTheAgentOfTheOther_AndOutlivesTheSiloThatTookIt()
    {
        await using var probe = await WatchedProbe.StartAsync();
        await cluster.StartSiloAsync(1);

        // Each portal is a client of one silo, and holds are placed where they are asked for. The agent knows the second silo only.
        using var first = await cluster.StartPortalAsync([0]);
        using var second = await cluster.StartPortalAsync([1]);
        var agent = cluster.StartAgent(probe.Service, 1);
        await Until.TrueAsync("both silos know the instance", Ample, async () =>
            (await first.InstancesAsync(probe.Service)).Count == 1 && (await second.InstancesAsync(probe.Service)).Count == 1 && TargetSessions.CountOf(probe.Process.Pid) == 1);
        var spec = new CampaignSpec { Selector = new() { Services = [probe.Service] }, Kinds = [CaptureKind.Trace], SampleSize = 1, DurationSeconds = 300 };
        var id = await Until.NotNullAsync<string>("the campaign is taken", Ample, () => second.TryCreateCampaignAsync(spec));
        await Until.TrueAsync("it records", Ample, async () => (await second.CampaignAsync(id)).Targets is [{ Phase: CapturePhase.Collecting }]);

        await first.PlaceHoldAsync(CaptureHold.EveryService, Reason);

        var stopped = await Until.NotNullAsync("the capture is over", Ample, async () => await second.CampaignAsync(id) is { EndedAt: not null } over ? over : null);
        Assert.Equal((CampaignState.Stopped, CaptureState.Cancelled), (stopped.State, stopped.Targets[0].State));
        Assert.Contains(Reason, stopped.LastProblem, StringComparison.Ordinal);
        await Until.TrueAsync("only the vitals session remains", Ample, () => Task.FromResult(TargetSessions.CountOf(probe.Process.Pid) == 1));
        Assert.Contains(Reason, await second.RefusalAsync(spec), StringComparison.Ordinal);

        await cluster.Silo(0).KillAsync();

        // What ran on the silo that is gone begins anew on the other; until then the portal says that it cannot answer.
        await Until.TrueAsync("the other silo has the hold", Ample, async () => (await HoldsAsync(second)).SingleOrDefault()?.Reason == Reason);
        Assert.Contains(Reason, await Until.NotNullAsync<string>("the other silo refuses", Ample, async () => await second.RefusalAsync(spec)), StringComparison.Ordinal);
        await cluster.StartSiloAsync(0);
        await Until.TrueAsync("the silo that took it knows it again", Ample, async () => (await HoldsAsync(first)).SingleOrDefault()?.Reason == Reason);
        await Until.TrueAsync("it knows the instance again", Ample, async () => (await first.InstancesAsync(probe.Service)).Count == 1);
        Assert.Contains(Reason, await Until.NotNullAsync<string>("it refuses", Ample, async () => await first.RefusalAsync(spec)), StringComparison.Ordinal);

        // Lifted at the other one, the same agent captures again: it was never away.
        await second.LiftHoldAsync(CaptureHold.EveryService);
        var again = await Until.NotNullAsync<string>("a new campaign is taken", Ample, () => second.TryCreateCampaignAsync(spec with { DurationSeconds = 2 }));
        var ended = await Until.NotNullAsync("it is over", Ample, async () => await second.CampaignAsync(again) is { State: >= CampaignState.Completed } over ? over : null);
        Assert.True(ended.Targets is [{ State: CaptureState.Ready }], $"{ended.Targets[0].State} {ended.Targets[0].Failure} {ended.Targets[0].Detail}\n{cluster.Said}");
        Assert.False(agent.HasExited, agent.Said);
    }

    private static Task<IReadOnlyList<CaptureHold>> HoldsAsync(PortalClient portal) => portal.GetAsync<IReadOnlyList<CaptureHold>>("/api/v1/holds");
}

using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>Everything is stopped while a capture runs: by real processes, and kill -9 of the silo changes nothing about it.</summary>
[Collection<FaultCollection>]
public sealed class HoldTests(UpFixture up) : IClassFixture<UpFixture>
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Hold_WhileACaptureRuns_CancelsIt_LeavesTheTargetClean_AndStaysAfterAKill()
    {
        await using var probe = await WatchedProbe.StartAsync();
        await Until.TrueAsync("the probe is watched", Ample, async () =>
            (await up.Portal.InstancesAsync(probe.Service)).Count == 1 && TargetSessions.CountOf(probe.Process.Pid) == 1);
        var spec = new CampaignSpec { Selector = new() { Services = [probe.Service] }, Kinds = [CaptureKind.Trace], SampleSize = 1, DurationSeconds = 300 };
        var id = await up.Portal.CreateCampaignAsync(spec);
        await Until.TrueAsync("it records", Ample, async () => (await up.Portal.CampaignAsync(id)).Targets is [{ Phase: CapturePhase.Collecting }]);

        await up.Portal.PlaceHoldAsync(CaptureHold.EveryService, "the shop is down");

        var stopped = await Until.NotNullAsync("the capture is over", Ample, async () => await up.Portal.CampaignAsync(id) is { EndedAt: not null } over ? over : null);
        Assert.Equal((CampaignState.Stopped, CaptureState.Cancelled), (stopped.State, stopped.Targets[0].State));
        Assert.Contains("the shop is down", stopped.LastProblem, StringComparison.Ordinal);
        await Until.TrueAsync("only the vitals session remains", Ample, () => Task.FromResult(TargetSessions.CountOf(probe.Process.Pid) == 1));

        await FleetProfProcess.SignalAsync(up.Up.Child("FleetProf.Silo").Pid, "KILL");
        await Until.TrueAsync("the silo is back", Ample, async () => (await up.Portal.GetAsync<IReadOnlyList<CaptureHold>>("/api/v1/holds")).Count == 1);
        await Until.TrueAsync("the probe is known", Ample, async () => (await up.Portal.InstancesAsync(probe.Service)).Count == 1);
        Assert.Contains("the shop is down", await Until.NotNullAsync<string>("the silo refuses", Ample, async () => await up.Portal.RefusalAsync(spec)), StringComparison.Ordinal);

        await up.Portal.LiftHoldAsync(CaptureHold.EveryService);
        Assert.NotNull(await up.Portal.CreateCampaignAsync(spec with { DurationSeconds = 1 }));
        var actions = (await up.Portal.GetAsync<IReadOnlyList<AuditEntry>>("/api/v1/audit?action=hold.")).Select(row => (row.Action, row.Target, row.Reason, row.Decision));
        Assert.Equal([("hold.lift", "*", "over", AuditDecision.Allowed), ("hold.place", "*", "the shop is down", AuditDecision.Allowed)], actions);
    }
}

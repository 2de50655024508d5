using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>kill -9 of every process while a capture runs: no campaign is lost, no capture runs twice, no session stays in the target.</summary>
[Collection<FaultCollection>]
public sealed class KillTests(UpFixture up) : IClassFixture<UpFixture>
{
    /// <summary>For captures that go on after the kill.</summary>
    private const int Seconds = 6;

    /// <summary>For captures that the kill ends: long enough that a machine which stands still for a while does not find them over.</summary>
    private const int LongSeconds = 60;

    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("FleetProf.Silo", CapturePhase.Queued)]
    [InlineData("FleetProf.Silo", CapturePhase.Collecting)]
    [InlineData("FleetProf.Portal", CapturePhase.Collecting)]
    public async Task Server_IsKilledDuringACapture_TheCaptureArrives(string assembly, CapturePhase phase)
    {
        await using var probe = await StartProbeAsync();

        var campaign = await KillDuringAsync(probe.Service, phase, up.Up.Child(assembly).Pid, Seconds);

        var target = Assert.Single(campaign.Targets);
        Assert.True(target.State == CaptureState.Ready, $"{target.State} {target.Failure} {target.Detail}");
        Assert.Equal(1, target.Attempt);
        await AssertOnlyVitalsRemainAsync(probe);
    }

    [Fact]
    public async Task Agent_IsKilledDuringACapture_WhatItHadIsKeptAndNothingRunsTwice()
    {
        await using var probe = await StartProbeAsync();

        var campaign = await KillDuringAsync(probe.Service, CapturePhase.Collecting, up.Up.Child("FleetProf.Agent").Pid, LongSeconds);

        await AssertPartialOrAsync(CaptureFailure.AgentLost, campaign);
        await AssertOnlyVitalsRemainAsync(probe);
    }

    [Fact]
    public async Task Target_IsKilledDuringACapture_WhatItGaveIsKept()
    {
        await using var probe = await StartProbeAsync();

        var campaign = await KillDuringAsync(probe.Service, CapturePhase.Collecting, probe.Process.Pid, LongSeconds);

        await AssertPartialOrAsync(CaptureFailure.ProcessExited, campaign);
    }

    /// <summary>A recording that was cut short is worth reading and says that it is partial; where nothing could be kept, the failure says why.</summary>
    private async Task AssertPartialOrAsync(CaptureFailure failure, Campaign campaign)
    {
        Assert.Equal(CampaignState.Completed, campaign.State);
        var capture = await up.Portal.CaptureAsync(Assert.Single(campaign.Targets).CaptureId);
        Assert.Equal(1, capture.Attempt);
        Assert.True(
            capture is { State: CaptureState.Ready, IsPartial: true } || (capture.State == CaptureState.Failed && capture.Failure == failure),
            $"{capture.State} {capture.Failure} partial {capture.IsPartial}: {capture.Detail}");
    }

    private async Task<WatchedProbe> StartProbeAsync()
    {
        var probe = await WatchedProbe.StartAsync();
        await Until.TrueAsync("the probe is watched", Ample, async () =>
            (await up.Portal.InstancesAsync(probe.Service)).Count == 1 && TargetSessions.CountOf(probe.Process.Pid) == 1);
        return probe;
    }

    private async Task<Campaign> KillDuringAsync(string service, CapturePhase phase, int pid, int seconds)
    {
        var id = await up.Portal.CreateCampaignAsync(new()
        {
            Name = $"kill in {phase}", Selector = new() { Services = [service] }, Kinds = [CaptureKind.Trace], SampleSize = 1, DurationSeconds = seconds,
        });
        if (phase > CapturePhase.Queued)
        {
            await Until.TrueAsync($"the capture is {phase}", Ample, async () => (await up.Portal.CampaignAsync(id)).Targets is [var target] && target.Phase >= phase);
        }

        await FleetProfProcess.SignalAsync(pid, "KILL");
        return await Until.NotNullAsync($"campaign {id} is over", Ample, async () => await up.Portal.CampaignAsync(id) is { State: >= CampaignState.Completed } over ? over : null);
    }

    /// <summary>A session whose reader was killed ends with the next event that it cannot send.</summary>
    private static async Task AssertOnlyVitalsRemainAsync(WatchedProbe probe) =>
        await Until.TrueAsync("only the vitals session remains", Ample, async () =>
        {
            await probe.Process.AskAsync("collect 0 blocking");
            return TargetSessions.CountOf(probe.Process.Pid) == 1;
        });
}

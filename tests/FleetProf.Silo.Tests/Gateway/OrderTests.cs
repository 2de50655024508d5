using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Tests.Gateway;

/// <summary>From the agent's grain to the agent's stream.</summary>
public sealed class OrderTests : IAsyncLifetime
{
    private GatewayRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await GatewayRig.StartAsync();

    [Fact]
    public async Task Start_AttachedAgent_GetsTheOrderOnce()
    {
        await using var client = await rig.AttachAsync();

        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));

        var start = (await client.NextAsync())!.StartCapture;
        Assert.Equal(("camp-0001", 1u, "a", AgentProtocol.CaptureKind.Trace, 10u), (start.CaptureId, start.Attempt, start.InstanceId, start.Kind, start.DurationSeconds));
        await client.ResultAsync("camp-0001", 1);
        Assert.Equal(ServerFrame.BodyOneofCase.ResultAck, (await client.NextAsync())!.BodyCase);
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
        await client.VitalsAsync(1);
        Assert.Equal(ServerFrame.BodyOneofCase.VitalsAck, (await client.NextAsync())!.BodyCase);
    }

    [Fact]
    public async Task Start_SecondCapture_IsBusyUntilTheFirstEnded()
    {
        await using var client = await rig.AttachAsync();
        await rig.Agent().StartCaptureAsync(GatewayRig.Order());

        Assert.Equal(CaptureFailure.Busy, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0002")));
        Assert.Equal(CaptureFailure.Busy, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0001", 2)));
        await client.NextAsync();
        await client.ResultAsync("camp-0001", 1);
        await client.NextAsync();
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0002")));
    }

    [Fact]
    public async Task Start_FirstCaptureNeverHeardOfAgain_BlocksOnlyForAWhile()
    {
        await using var client = await rig.AttachAsync();
        await rig.Agent().StartCaptureAsync(GatewayRig.Order());
        rig.Fleet.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(CaptureFailure.Busy, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0002")));

        rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(41));

        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0002")));
    }

    [Fact]
    public async Task Start_AgentNotAttached_IsUnreachableAndMayBeTriedAgain()
    {
        Assert.Equal(CaptureFailure.AgentUnreachable, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
        await using var client = await rig.AttachAsync();

        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
        Assert.Equal("camp-0001", (await client.NextAsync())!.StartCapture.CaptureId);
    }

    [Fact]
    public async Task Cancel_Attached_IsTold()
    {
        Assert.False(await rig.Agent().CancelCaptureAsync("camp-0001", 1));
        await using var client = await rig.AttachAsync();

        Assert.True(await rig.Agent().CancelCaptureAsync("camp-0001", 1));

        Assert.Equal("camp-0001", (await client.NextAsync())!.CancelCapture.CaptureId);
    }

    [Fact]
    public async Task Attach_WithRunningCaptures_TellsTheirCampaignsAndKeepsThePlace()
    {
        var hello = AgentClient.Hello();
        hello.RunningCaptures.Add("camp-0007#2");
        await using var client = await rig.AttachAsync(hello);

        Assert.True(rig.Attached.TryTake(out var attached, TimeSpan.FromSeconds(20)));
        Assert.Equal(("camp", "agent1", "camp-0007#2"), (attached.CampaignId, attached.AgentId, attached.Running.Single()));
        Assert.Equal(CaptureFailure.Busy, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
        await client.ResultAsync("camp-0007", 2);
        await client.NextAsync();
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
    }

    [Fact]
    public async Task Attach_WithAnUnreportedAndARunningCapture_IsBusyUntilBothEnded()
    {
        var hello = AgentClient.Hello();
        hello.RunningCaptures.Add(["camp-0006#1", "camp-0007#1"]);
        await using var client = await rig.AttachAsync(hello);
        await client.ResultAsync("camp-0006", 1);
        await client.NextAsync();

        Assert.Equal(CaptureFailure.Busy, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
        await client.ResultAsync("camp-0007", 1);
        await client.NextAsync();
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
    }

    [Fact]
    public async Task Attach_WithoutACaptureThatWasHandedOut_TellsItsCampaignAndFreesThePlace()
    {
        var lost = await rig.AttachAsync();
        await rig.Agent().StartCaptureAsync(GatewayRig.Order());
        await lost.DisposeAsync();

        await using var client = await rig.AttachAsync();

        Assert.True(rig.Attached.TryTake(out var attached, TimeSpan.FromSeconds(20)));
        Assert.Equal(("camp", 0), (attached.CampaignId, attached.Running.Count));
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0001", 2)));
        Assert.Equal(2u, (await client.NextAsync())!.StartCapture.Attempt);
    }

    [Fact]
    public async Task Heartbeat_GrainWasLost_AttachesAgainWithWhatRuns()
    {
        await using var client = await rig.AttachAsync();
        await rig.Agent().StartCaptureAsync(GatewayRig.Order());
        await client.NextAsync();
        // Not collected while it has not put its last call away, which is a moment after the answer.
        await GatewayRig.UntilAsync(async () =>
        {
            await rig.Fleet.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
            return await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0002")) == CaptureFailure.AgentUnreachable;
        });

        await client.HeartbeatAsync();

        await GatewayRig.UntilAsync(async () => await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0002")) == CaptureFailure.Busy);
    }

    [Fact]
    public async Task Start_OfAWaitForAPause_NeedsAnAgentThatCanWait()
    {
        await using var client = await rig.AttachAsync();

        Assert.Equal(CaptureFailure.AgentTooOld, await rig.Agent().StartCaptureAsync(Waiting("camp-0001")));
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order()));
    }

    [Fact]
    public async Task Start_OfAWaitForAPause_IsOnlyInTheWayOfAnotherOneAlsoAfterAReconnect()
    {
        await using (var client = await rig.AttachAsync(Able()))
        {
            Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(Waiting("camp-0001")));
            var start = (await client.NextAsync())!.StartCapture;
            Assert.Equal((50.0, 600u), (start.WhenPauseOverMs, start.ArmedSeconds));
            Assert.Equal(CaptureFailure.Busy, await rig.Agent().StartCaptureAsync(Waiting("camp-0002")));
            Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0003")));
        }

        var again = Able();
        again.RunningCaptures.Add("camp-0001#1");
        again.ArmedCaptures.Add("camp-0001#1");
        await using var next = await rig.AttachAsync(again);
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(GatewayRig.Order("camp-0004")));
        Assert.Equal(CaptureFailure.Busy, await rig.Agent().StartCaptureAsync(Waiting("camp-0002")));
        await next.NextAsync();
        await next.ResultAsync("camp-0001", 1);
        await next.NextAsync();
        Assert.Equal(CaptureFailure.None, await rig.Agent().StartCaptureAsync(Waiting("camp-0002")));
    }

    [Fact]
    public void Result_OfAWait_KeepsItsPauseAndNothingThatIsNoNumber()
    {
        var report = Silo.Gateway.Frames.ToReport("agent1", new CaptureResult
        {
            CaptureId = "camp-0001", Attempt = 1,
            Trigger = new LongGc { Number = 812, Generation = 2, Kind = PauseKind.BackgroundFinal, Reason = "Induced", PauseMs = double.NaN, SuspendMs = 1.5, EndedUnixMs = long.MaxValue, Evidence = "a\u0007b" },
        });

        Assert.Equal((812L, 2, "background", "Induced", 0.0, 1.5, "a b"),
            (report.Trigger!.Number, report.Trigger.Generation, report.Trigger.Kind, report.Trigger.Reason, report.Trigger.PauseMs, report.Trigger.SuspendMs, report.Trigger.Evidence));
    }

    [Fact]
    public async Task Verify_Secret_OnlyOfTheBoundAgent()
    {
        const string hash = "6f1ed002ab5595859014ebf0951522d9ce7d3a5b0e6c5d6d1dc6b0e3f2d3c3f1";
        Assert.False(await rig.Agent().VerifyAsync(hash));
        await using var client = await rig.AttachAsync();

        Assert.False(await rig.Agent().VerifyAsync(hash));
        Assert.True(await rig.Agent().VerifyAsync(Silo.Gateway.Frames.ToHello(AgentClient.Hello()).SecretHash));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private static CaptureOrder Waiting(string captureId) => GatewayRig.Order(captureId) with { WhenPauseOverMs = 50, ArmedSeconds = 600 };

    private static Hello Able()
    {
        var hello = AgentClient.Hello();
        hello.Capabilities.Add("pause-trigger");
        return hello;
    }
}

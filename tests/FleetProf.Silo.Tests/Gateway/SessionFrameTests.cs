using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Tests.Fleet;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Gateway;

/// <summary>What a session does with the frames of its agent.</summary>
public sealed class SessionFrameTests : IAsyncLifetime
{
    private GatewayRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await GatewayRig.StartAsync();

    [Fact]
    public async Task Vitals_NotYetDurable_AreNotAcknowledgedAndHoldUpNothingElse()
    {
        var stored = new TaskCompletionSource();
        var preview = new TaskCompletionSource();
        rig.Vitals = batch =>
        {
            if (batch.Sequence == 0)
            {
                preview.TrySetResult();
                return Task.CompletedTask;
            }

            return batch.Sequence == 1 ? stored.Task : Task.CompletedTask;
        };
        await using var client = await rig.AttachAsync();

        await client.VitalsAsync(1);
        await client.VitalsAsync(2);
        await client.VitalsAsync(0);
        await client.ResultAsync("camp-0001", 1);

        await preview.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(ServerFrame.BodyOneofCase.ResultAck, (await client.NextAsync())!.BodyCase);
        stored.SetResult();
        Assert.Equal(1u, (await client.NextAsync())!.VitalsAck.Sequence);
        Assert.Equal(2u, (await client.NextAsync())!.VitalsAck.Sequence);
    }

    [Fact]
    public async Task Vitals_StoreFailsForAMoment_AreTriedAgainInOrder()
    {
        var failures = 2;
        rig.Vitals = _ => failures-- > 0 ? throw new IOException("injected") : Task.CompletedTask;
        await using var client = await rig.AttachAsync();
        await client.VitalsAsync(1);
        await client.VitalsAsync(2);

        var first = client.NextAsync();
        await GatewayRig.UntilAsync(() => Task.FromResult(first.IsCompleted), () => rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(1u, (await first)!.VitalsAck.Sequence);
        Assert.Equal(2u, (await client.NextAsync())!.VitalsAck.Sequence);
    }

    [Fact]
    public async Task Vitals_StoreKeepsFailing_EndTheSessionWithoutAcknowledgement()
    {
        rig.Vitals = batch => batch.Sequence == 1 ? throw new IOException("injected") : Task.CompletedTask;
        await using var client = await rig.AttachAsync();
        await client.VitalsAsync(1);
        await client.VitalsAsync(2);

        var next = client.EndAsync();
        await GatewayRig.UntilAsync(() => Task.FromResult(next.IsCompleted), () => rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(2)));

        Assert.Equal(StatusCode.Unavailable, (await next).StatusCode);
    }

    [Fact]
    public async Task Vitals_AfterAnInventory_AreStoredAfterIt()
    {
        var wasKnown = new TaskCompletionSource<bool>();
        rig.Vitals = _ =>
        {
            wasKnown.TrySetResult(rig.Fleet.Live.Find("a") is not null);
            return Task.CompletedTask;
        };
        await using var client = await rig.AttachAsync();
        await client.InventoryAsync(FleetRig.Process("a"));
        await client.VitalsAsync(1);

        Assert.True(await wasKnown.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Result_Reported_IsAcknowledgedAfterTheCampaignHasIt()
    {
        var durable = new TaskCompletionSource<bool>();
        rig.Result = _ => durable.Task;
        await using var client = await rig.AttachAsync();
        await client.ResultAsync("camp-0001", 2, "ProcessExited");
        await client.VitalsAsync(1);
        Assert.Equal(ServerFrame.BodyOneofCase.VitalsAck, (await client.NextAsync())!.BodyCase);

        durable.SetResult(true);

        var ack = (await client.NextAsync())!.ResultAck;
        Assert.Equal(("camp-0001", 2u), (ack.CaptureId, ack.Attempt));
        Assert.Equal(("camp-0001", 2, CaptureFailure.ProcessExited), rig.Results.Select(report => (report.CaptureId, report.Attempt, report.Failure)).Single());
    }

    [Theory]
    [InlineData("camp-0001", false)]
    [InlineData("no capture", true)]
    [InlineData("unknown", true)]
    public async Task Result_StaleOrUnknown_IsAcknowledgedSoThatTheAgentForgetsIt(string captureId, bool isCurrent)
    {
        rig.Result = _ => Task.FromResult(isCurrent);
        await using var client = await rig.AttachAsync();
        await client.ResultAsync(captureId, 1);

        Assert.Equal(captureId, (await client.NextAsync())!.ResultAck.CaptureId);
    }

    [Fact]
    public async Task Result_CampaignFails_IsTriedAgainAndTheStreamLives()
    {
        var failures = 2;
        rig.Result = _ => failures-- > 0 ? throw new TimeoutException("injected") : Task.FromResult(true);
        await using var client = await rig.AttachAsync();
        await client.ResultAsync("camp-0001", 1);

        var ack = client.NextAsync();
        await GatewayRig.UntilAsync(() => Task.FromResult(ack.IsCompleted), () => rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal("camp-0001", (await ack)!.ResultAck.CaptureId);
        Assert.Equal(3, rig.Results.Count);
    }

    [Fact]
    public async Task ResultAndProgress_Reported_NameTheAgentOfTheSession()
    {
        await using var client = await rig.AttachAsync();
        await client.ResultAsync("camp-0001", 1);
        await client.SendAsync(new AgentFrame { Progress = new CaptureProgress { CaptureId = "camp-0001", Attempt = 1 } });

        await client.NextAsync();
        Assert.True(rig.Progress.TryTake(out var progress, TimeSpan.FromSeconds(20)));
        Assert.Equal(("agent1", "agent1"), (rig.Results.Single().AgentId, progress.AgentId));
    }

    [Fact]
    public async Task Progress_Reported_ReachesTheCampaign()
    {
        await using var client = await rig.AttachAsync();
        await client.SendAsync(new AgentFrame { Progress = new CaptureProgress { CaptureId = "camp-0001", Attempt = 1, Phase = AgentProtocol.CapturePhase.Collecting, DoneSeconds = 3, TotalSeconds = 10 } });

        Assert.True(rig.Progress.TryTake(out var report, TimeSpan.FromSeconds(20)));
        Assert.Equal((Contracts.Captures.CapturePhase.Collecting, 3, 10), (report.Phase, report.DoneSeconds, report.TotalSeconds));
    }

    [Fact]
    public async Task Frame_OfHalfAMillionInstancesInAMebibyte_EndsTheSession()
    {
        await using var client = await rig.AttachAsync();
        var sending = client.SendAsync(MessageShapeTests.Frame([0x12], [0x0a, 0x00], 1 << 20));

        var status = await client.EndAsync();

        // It may fail: the silo ends the stream as soon as it has the last byte.
        await Task.WhenAny(sending);
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains("more parts", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inventory_OfACrowdedHost_IsTaken()
    {
        await using var client = await rig.AttachAsync();
        var processes = Enumerable.Range(0, 2_000).Select(number => FleetRig.Process($"0f4c1d2e9a8b7c6d5e4f-{number}")).ToArray();
        Array.ForEach(processes, process => process.Labels.Add(Enumerable.Range(0, 16).ToDictionary(label => $"label-{label}", _ => "value")));

        await client.InventoryAsync(processes);

        await GatewayRig.UntilAsync(() => Task.FromResult(rig.Fleet.Live.List().Count == processes.Length));
    }

    [Fact]
    public async Task Upload_Offered_GoesToTheIntake()
    {
        var offer = Captures.CaptureRig.Offer(Captures.CaptureRig.Content(100));

        Assert.Equal(0, AgentClient.Call(rig.Address, "BeginUpload", offer, UploadStatus.Parser).ReceivedBytes);
        offer.AgentSecret = "wrong";
        var refused = Assert.Throws<RpcException>(() => AgentClient.Call(rig.Address, "CompleteUpload", offer, UploadStatus.Parser));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        await Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();
}

using System.Runtime.CompilerServices;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Measures.GcPauses;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.Tests.Fleet;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Silo.Tests.Gateway;

public sealed class SessionTests : IAsyncLifetime
{
    private GatewayRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await GatewayRig.StartAsync();

    [Fact]
    public async Task Hello_NewAgent_IsWelcomed()
    {
        await using var client = new AgentClient(rig.Address);
        await client.SendAsync(new AgentFrame { Hello = AgentClient.Hello() });

        var welcome = (await client.NextAsync())!.Welcome;
        Assert.Equal((10u, rig.Fleet.Clock.GetUtcNow().ToUnixTimeMilliseconds()), (welcome.HeartbeatSeconds, welcome.ClockUnixMs));
        Assert.NotEmpty(welcome.SessionId);
        await client.CompleteAsync();
        Assert.Equal(StatusCode.OK, (await client.EndAsync()).StatusCode);
    }

    /// <summary>There is no request any more, which an answer meets as a fault of the program.</summary>
    [Fact]
    public async Task Refusal_ConnectionBrokeBeforeIt_EndsTheSessionWithoutAFault()
    {
        await using var first = await rig.AttachAsync(AgentClient.Hello(nonce: "n1"));
        using var connection = new CancellationTokenSource();
        var answers = new BrokenAnswers(connection);

        await rig.Services.GetRequiredService<SessionHost>().RunAsync(new OneHello(AgentClient.Hello(nonce: "n2")), answers, null, connection.Token);

        Assert.Equal(Refusal.Types.Reason.DuplicateAgent, answers.Last?.Refusal.Reason);
    }

    [Fact]
    public async Task FirstFrame_NoHello_EndsWithAClearStatus()
    {
        await using var client = new AgentClient(rig.Address);
        await client.HeartbeatAsync();

        var status = await client.EndAsync();

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains("must be Hello", status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "secret-of-agent1", "n1", "agent_id")]
    [InlineData("../x", "secret-of-agent1", "n1", "agent_id")]
    [InlineData("agent1", "short", "n1", "agent_secret")]
    [InlineData("agent1", "secret-of-agent1", "", "process_nonce")]
    public async Task Hello_Malformed_SaysWhatIsWrong(string agentId, string secret, string nonce, string expected)
    {
        await using var client = new AgentClient(rig.Address);
        await client.SendAsync(new AgentFrame { Hello = AgentClient.Hello(agentId, secret, nonce) });

        var status = await client.EndAsync();

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains(expected, status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frame_Garbage_EndsTheSessionWithAClearStatus(bool isFirst)
    {
        await using var client = isFirst ? new AgentClient(rig.Address) : await rig.AttachAsync();
        await client.SendAsync([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]);

        var status = await client.EndAsync();

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains("no AgentFrame", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frame_SecondHello_EndsTheSession()
    {
        await using var client = await rig.AttachAsync();
        await client.SendAsync(new AgentFrame { Hello = AgentClient.Hello() });

        Assert.Equal(StatusCode.InvalidArgument, (await client.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Frame_OfANewerAgent_IsIgnored()
    {
        await using var client = await rig.AttachAsync();
        await client.SendAsync([0xfa, 0x3f, 0x01, 0x41]);
        await client.VitalsAsync(4);

        Assert.Equal(4u, (await client.NextAsync())!.VitalsAck.Sequence);
    }

    /// <summary>What a campaign's selector finds: labels of a host are no labels of its processes until the silo makes them so.</summary>
    [Theory]
    [InlineData("7", 1)]
    [InlineData("8", 0)]
    public async Task Hello_LabelsOfTheHost_SelectItsInstancesInCampaigns(string rack, int selected)
    {
        var hello = AgentClient.Hello();
        hello.Labels["rack"] = "7";
        await using var client = await rig.AttachAsync(hello);
        await client.InventoryAsync(FleetRig.Process("a"));
        await GatewayRig.UntilAsync(() => Task.FromResult(rig.Fleet.Live.List().Count == 1));

        var draft = new FleetProf.Analysis.Campaigns.CampaignDraft { Services = ["checkout"], Labels = new Dictionary<string, string> { ["rack"] = rack } };
        var fleet = rig.Fleet.Live.List().Select(Silo.Campaigns.CampaignCandidates.ToFleetInstance);

        Assert.Equal(selected, FleetProf.Analysis.Campaigns.DraftCheck.Population(draft, fleet).Count);
    }

    [Fact]
    public async Task Hello_NewerProtocol_IsRefusedWithoutRetry()
    {
        var hello = AgentClient.Hello();
        hello.ProtocolVersion = 2;

        var refusal = await AgentClient.RefusalAsync(rig.Address, hello);

        Assert.Equal((Refusal.Types.Reason.UnsupportedAgent, 0u), (refusal.Reason, refusal.RetryAfterSeconds));
        Assert.Contains("Update the silo", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, 7, null)]
    [InlineData(6, 7, null)]
    [InlineData(5, 7, null)]
    [InlineData(4, 7, "Update the agent")]
    [InlineData(8, 7, "Update the silo before")]
    public void Skew_OfAgentAndSilo_AllowsTwoOlderAndNoNewerAgents(int agent, int silo, string? problem)
    {
        var said = Frames.SkewOf((uint)agent, (uint)silo);

        Assert.Equal(problem is null, said is null);
        Assert.Contains(problem ?? "", said ?? "", StringComparison.Ordinal);
    }

    /// <summary>Frames of an agent of November 2026: a silo of any later version takes what it says and answers what it waits for.</summary>
    [Fact]
    public async Task Session_RecordedByAnOlderAgent_IsUnderstood()
    {
        const string Agent = "01kb2qxw3c8v5m7n9p1r3t5w7y";
        var stored = new TaskCompletionSource<VitalsBatch>();
        rig.Vitals = batch =>
        {
            stored.TrySetResult(batch);
            return Task.CompletedTask;
        };
        await using var client = new AgentClient(rig.Address);

        await client.SendAsync(Recorded("hello"));
        Assert.Equal(ServerFrame.BodyOneofCase.Welcome, (await client.NextAsync())!.BodyCase);
        Assert.True(rig.Attached.TryTake(out var attached, TimeSpan.FromSeconds(20)));
        Assert.Equal(("camp", Agent, "camp-0001#1"), (attached.CampaignId, attached.AgentId, Assert.Single(attached.Running)));

        await client.SendAsync(Recorded("inventory"));
        await client.SendAsync(Recorded("vitals"));
        Assert.Equal(12u, (await client.NextAsync())!.VitalsAck.Sequence);
        var instance = rig.Fleet.Live.Find("9b1f0c4e7a2d58e36b90")!;
        Assert.Equal(("checkout", "2.4.1", 4711, "production", "server concurrent"), (instance.Service, instance.Version, instance.Pid, instance.Environment, instance.GcMode));
        Assert.Equal(("true", "front", "7"), (instance.GcSettings["System.GC.Server"], instance.Labels["tier"], instance.Labels["rack"]));
        Assert.Equal(Contracts.Fleet.InstanceProblem.AccessDenied, rig.Fleet.Live.Find("1d2c3b4a59687786a5b4")!.Problem);
        AssertWhole(ReportedWindow.Read(Assert.Single((await stored.Task).Windows), rig.Fleet.Clock.GetUtcNow()));

        await client.SendAsync(Recorded("progress"));
        Assert.True(rig.Progress.TryTake(out var progress, TimeSpan.FromSeconds(20)));
        Assert.Equal(("camp-0001", 1, Contracts.Captures.CapturePhase.Uploading, 1_048_576), (progress.CaptureId, progress.Attempt, progress.Phase, progress.Bytes));

        await client.SendAsync(Recorded("heartbeat"));
        await client.SendAsync(Recorded("result"));
        var ack = (await client.NextAsync())!.ResultAck;
        Assert.Equal(("camp-0001", 1u), (ack.CaptureId, ack.Attempt));
        var result = rig.Results.Single();
        Assert.Equal((CaptureFailure.None, 2_097_152, 10, true, 212.5), (result.Failure, result.SizeBytes, result.CollectedSeconds, result.IsPartial, result.Trigger!.PauseMs));
        Assert.StartsWith("d288", result.Sha256, StringComparison.Ordinal);
        await client.CompleteAsync();
        Assert.Equal(StatusCode.OK, (await client.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Hello_WrongSecret_IsRefusedForEver()
    {
        await (await rig.AttachAsync()).DisposeAsync();
        await rig.Fleet.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        var refusal = await AgentClient.RefusalAsync(rig.Address, AgentClient.Hello(secret: "secret-of-a-thief"));

        Assert.Equal((Refusal.Types.Reason.NotAuthorised, 0u), (refusal.Reason, refusal.RetryAfterSeconds));
        await (await rig.AttachAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Hello_SecondCopyOfALiveAgent_IsRefusedAndTheFirstGoesOn()
    {
        await using var client = await rig.AttachAsync();
        await client.InventoryAsync(FleetRig.Process("a"));

        var refusal = await AgentClient.RefusalAsync(rig.Address, AgentClient.Hello(nonce: "n2"));

        Assert.Equal((Refusal.Types.Reason.DuplicateAgent, 35u), (refusal.Reason, refusal.RetryAfterSeconds));
        await client.VitalsAsync(1);
        Assert.Equal(1u, (await client.NextAsync())!.VitalsAck.Sequence);
        Assert.Equal(InstanceState.Running, (await rig.Fleet.Query.GetInstanceAsync("a"))!.State);
    }

    [Fact]
    public async Task Hello_OtherProcessAfterSilenceAndAWallClockSetBack_TakesOver()
    {
        await using var client = await rig.AttachAsync();
        rig.Fleet.Clock.StepBack();
        rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(36));

        await using var other = await AgentClient.AttachAsync(rig.Address, AgentClient.Hello(nonce: "n2"));
    }

    [Fact]
    public async Task Hello_OtherProcessAfterSilence_TakesOver()
    {
        await using var silent = await rig.AttachAsync();
        rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(30));
        await silent.HeartbeatAsync();
        await silent.ResultAsync("unknown", 1);
        await silent.NextAsync();
        await GatewayRig.UntilAsync(async () =>
        {
            rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(35));
            var refusal = await TryAttachAsync(AgentClient.Hello(nonce: "n2"));
            return refusal is null;
        });

        Assert.Equal(StatusCode.Aborted, (await silent.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Hello_SameProcessReconnects_TakesOverAtOnceAndKeepsItsInstances()
    {
        await using var old = await rig.AttachAsync();
        await old.InventoryAsync(FleetRig.Process("a"));
        await GatewayRig.UntilAsync(() => Task.FromResult(rig.Fleet.Live.Find("a") is not null));

        await using var next = await rig.AttachAsync();

        var status = await old.EndAsync();
        Assert.Equal(StatusCode.Aborted, status.StatusCode);
        Assert.Contains("took over", status.Detail, StringComparison.Ordinal);
        await next.InventoryAsync(FleetRig.Process("a"), FleetRig.Process("b"));
        await next.VitalsAsync(1);
        await next.NextAsync();
        Assert.Equal(["a", "b"], rig.Fleet.Live.List().Select(instance => instance.InstanceId).Order());
    }

    [Fact]
    public async Task Disconnect_Instances_AreUnreachableAndTheIdIsFree()
    {
        var client = await rig.AttachAsync();
        await client.InventoryAsync(FleetRig.Process("a"));
        await client.VitalsAsync(1);
        await client.NextAsync();

        await client.DisposeAsync();

        await GatewayRig.UntilAsync(async () => (await rig.Fleet.Query.GetInstanceAsync("a"))!.State == InstanceState.Unreachable);
        await using var restarted = await rig.AttachAsync(AgentClient.Hello(nonce: "n2"));
    }

    [Fact]
    public async Task Hello_TooManySessions_IsToldWhenToComeBack()
    {
        await using var full = await GatewayRig.StartAsync(new GatewayOptions { MaxSessions = 1 });
        var first = await full.AttachAsync();

        var refusal = await AgentClient.RefusalAsync(full.Address, AgentClient.Hello("agent2"));

        Assert.Equal(Refusal.Types.Reason.Overloaded, refusal.Reason);
        Assert.InRange(refusal.RetryAfterSeconds, 1u, 30u);
        await first.CompleteAsync();
        await first.EndAsync();
        await first.DisposeAsync();
        await GatewayRig.UntilAsync(async () => await TryAttachAsync(AgentClient.Hello("agent2"), full.Address) is null);
    }

    [Fact]
    public async Task Connect_WithoutHello_IsClosed()
    {
        await using var client = new AgentClient(rig.Address);
        var end = client.EndAsync();

        await GatewayRig.UntilAsync(() => Task.FromResult(end.IsCompleted), () => rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(10)));

        Assert.Equal(StatusCode.DeadlineExceeded, (await end).StatusCode);
    }

    [Fact]
    public async Task Stop_OfTheSilo_EndsSessionsSoThatAgentsReconnect()
    {
        await using var client = await rig.AttachAsync();
        var stop = rig.StopAsync();

        // Unavailable, with the reason; the end of the connection may overtake it on the wire.
        Assert.Contains((await client.EndAsync()).StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        await stop.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    /// <summary>Pauses, counts and the longest collection of the recorded window.</summary>
    private static void AssertWhole(ReportedWindow? read)
    {
        Assert.NotNull(read);
        Assert.Equal((0, 10_000, 9_990), (read.DroppedSketches, read.Window.WindowMs, read.Window.ObservedMs));
        Assert.Equal((3, 1, 0), (read.Window.Gen0Count, read.Window.Gen1Count, read.Window.Gen2Count));
        Assert.Equal(3, DdSketch.FromBytes(read.Message.Pauses[0].Sketch.Span).Count);
        Assert.Equal((104, 14.25), (Assert.Single(read.Window.Longest).Number, read.Window.MaxPauseMs));
    }

    private static byte[] Recorded(string frame, [CallerFilePath] string here = "") =>
        Convert.FromHexString(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../testdata/agent", $"{frame}.1.hex")).ReplaceLineEndings(""));

    /// <summary>The refusal. Null when it was welcomed.</summary>
    private async Task<Refusal?> TryAttachAsync(Hello hello, Uri? address = null)
    {
        await using var client = new AgentClient(address ?? rig.Address);
        await client.SendAsync(new AgentFrame { Hello = hello });
        return (await client.NextAsync())!.Refusal;
    }

    private sealed class OneHello(Hello hello) : IAsyncStreamReader<AgentFrame>
    {
        public AgentFrame Current { get; } = new() { Hello = hello };

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(true);
    }

    private sealed class BrokenAnswers(CancellationTokenSource connection) : IServerStreamWriter<ServerFrame>
    {
        public ServerFrame? Last { get; private set; }

        public WriteOptions? WriteOptions { get; set; }

        public async Task WriteAsync(ServerFrame message)
        {
            Last = message;
            await connection.CancelAsync();
            throw new InvalidOperationException("Can't write the message because the request is complete.");
        }
    }
}

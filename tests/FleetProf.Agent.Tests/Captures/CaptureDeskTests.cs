using System.Globalization;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>Orders, refusals, repeats and acknowledgements; the target is this test process's own child.</summary>
[Trait("Ring", "process")]
public sealed class CaptureDeskTests : IAsyncLifetime
{
    private UploadServer server = null!;
    private PlantedProcess planted = null!;
    private DeskRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        server = await UploadServer.StartAsync();
        planted = await PlantedProcess.StartAsync();
        rig = new DeskRig(server) { Target = DeskRig.TargetOf(planted, new Version(10, 0, 12)) };
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await planted.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Goroutines_OfADotNetProcess_AreRefusedWithWhatToAskInstead()
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Goroutines));

        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("NotForRuntime", ""), (result.Failure, result.Sha256));
        Assert.Contains("kind trace", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_TheSameOrderAgain_RunsOnceAndRepeatsTheResult()
    {
        rig.Run();
        var order = DeskRig.Order("c-1", CaptureKind.Trace, seconds: 1);
        rig.Desk.Accept(order);
        rig.Desk.Accept(order);
        await rig.Sent.ResultAsync("c-1");
        Assert.Single(rig.Sent.Results);
        rig.Desk.Accept(order);
        await rig.Sent.UntilAsync(sent => sent.Results.Count == 2, "the repeated result");
        Assert.Equal(rig.Sent.Results[0], rig.Sent.Results[1]);
        Assert.Equal(1, rig.Started);
    }

    [Fact]
    public async Task Accept_AfterARestart_RepeatsTheResultWithoutRunning()
    {
        rig.Run();
        var order = DeskRig.Order("c-1", CaptureKind.Trace, seconds: 1);
        rig.Desk.Accept(order);
        var result = await rig.Sent.ResultAsync("c-1");
        await rig.StopAsync();

        await using var next = new DeskRig(server, rig.Folder) { Target = rig.Target }.Run();
        Assert.Equal(["c-1#1"], next.Desk.RunningCaptures);
        next.Desk.Accept(order);
        Assert.Equal(result, await next.Sent.ResultAsync("c-1"));
        Assert.Equal(0, next.Started);
    }

    [Fact]
    public async Task Acknowledge_AResult_ForgetsTheArtifactAndRepeatsNoMore()
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 1));
        await rig.Sent.ResultAsync("c-1");
        rig.Desk.OnConnected();
        Assert.Equal(2, rig.Sent.Results.Count);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(rig.Folder, "artifacts")));
        rig.Desk.Acknowledge(new ResultAck { CaptureId = "c-1", Attempt = 1 });
        rig.Desk.OnConnected();
        Assert.Equal(2, rig.Sent.Results.Count);
        Assert.Empty(Directory.GetFiles(Path.Combine(rig.Folder, "artifacts")));
        Assert.Empty(rig.Desk.RunningCaptures);
    }

    [Fact]
    public async Task Accept_WhileAnotherRuns_IsBusy()
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 2));
        rig.Desk.Accept(DeskRig.Order("c-2", CaptureKind.Trace, seconds: 1));
        Assert.Equal("Busy", (await rig.Sent.ResultAsync("c-2")).Failure);
        Assert.Equal("", (await rig.Sent.ResultAsync("c-1")).Failure);
    }

    /// <summary>A silo that was taken over: what it leaves in the journal must fit into what the next one reads, or the agent is locked out for good.</summary>
    [Fact]
    public async Task Accept_OrdersWithoutEnd_AreBusyFromSomeOnAndHelloStaysSmall()
    {
        rig.Target = null;
        rig.Run();
        for (var i = 0; i < 200; i++)
        {
            rig.Desk.Accept(DeskRig.Order(LongId(i) + new string('x', 1_000), CaptureKind.Trace));
            rig.Desk.Accept(DeskRig.Order(LongId(i), CaptureKind.Trace));
        }
        await rig.Sent.UntilAsync(sent => sent.Results.Count == 200, "an answer to each whose id a silo would take back");

        Assert.Equal((64, 136), (rig.Sent.Results.Count(result => result.Failure == "InstanceGone"), rig.Sent.Results.Count(result => result.Failure == "Busy")));
        Assert.Equal(64, rig.Desk.RunningCaptures.Count);
        Assert.InRange(HelloOf(rig).CalculateSize(), 1, 64_000);
        await rig.StopAsync();
        await using var next = new DeskRig(server, rig.Folder) { Target = DeskRig.TargetOf(planted) };
        Assert.InRange(HelloOf(next).CalculateSize(), 1, 64_000);
        Assert.Equal(64, next.Desk.RunningCaptures.Count);

        // Once a silo has taken them there is room again.
        var over = next.Desk.RunningCaptures[0].Split('#')[0];
        next.Desk.Acknowledge(new ResultAck { CaptureId = over, Attempt = 1 });
        next.Run();
        next.Desk.Accept(DeskRig.Order("after", CaptureKind.Goroutines));
        Assert.Equal("NotForRuntime", (await next.Sent.ResultAsync("after")).Failure);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task Accept_AsSoonAsTheFailureOfTheOneBeforeIsTold_HasItsPlace(uint whenPauseOverMs)
    {
        // Where it has begun, beside the desk: here the desk has to go on while a failure is told.
        rig.Headroom = _ => throw new InvalidOperationException("planted");
        StartCapture OrderOf(string id)
        {
            var order = DeskRig.Order(id, CaptureKind.Trace, seconds: 1);
            order.WhenPauseOverMs = whenPauseOverMs;
            return order;
        }
        rig.Sent.ResultComes = result =>
        {
            if (result.CaptureId != "c-1") return;
            rig.Desk.Accept(OrderOf("c-2"));
            SpinWait.SpinUntil(() => rig.Sent.Results.Exists(other => other.CaptureId == "c-2"), TimeSpan.FromMinutes(1));
        };
        rig.Run();
        rig.Desk.Accept(OrderOf("c-1"));
        Assert.Equal("InternalError", (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.Equal("InternalError", (await rig.Sent.ResultAsync("c-2")).Failure);
    }

    [Fact]
    public async Task Accept_RefusedByThePolicy_SaysItsSentenceAndTouchesNothing()
    {
        rig.PolicyRefusal = "Rule 'deny checkout' of /etc/policy.json forbids it.";
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("RefusedByPolicy", rig.PolicyRefusal, 0), (result.Failure, result.Detail, rig.Started));
    }

    /// <summary>A refusal by the policy would be final, and a campaign's second kind or instance of a service would never have its turn.</summary>
    [Fact]
    public async Task Accept_AnArmedOrderWhileItsServiceRests_IsBusy()
    {
        rig.Rest = "pauseTriggerCooldownSeconds is 300";
        rig.Run();
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Gc, overMs: 50));
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("Busy", rig.Rest, 0), (result.Failure, result.Detail, rig.Started));
    }

    [Fact]
    public async Task Accept_AnArmedAndAnImmediateOrderTogether_AsksThePolicyAboutTheSecondAfterTheFirstCounts()
    {
        // Time enough for a desk that would ask about the second one meanwhile.
        rig.StartComes = () => SpinWait.SpinUntil(() => rig.StartedWhenAsked.Count == 2, TimeSpan.FromMilliseconds(200));
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Goroutines, overMs: 50));
        rig.Desk.Accept(DeskRig.Order("c-2", CaptureKind.Goroutines));
        rig.Run();
        Assert.Equal("NotForRuntime", (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.Equal("NotForRuntime", (await rig.Sent.ResultAsync("c-2")).Failure);

        Assert.Equal([0, 1], rig.StartedWhenAsked);
    }

    [Fact]
    public async Task Accept_WhereTheDiskTakesNoHistory_IsSpoolFullAndTouchesNothing()
    {
        const int NoSpace = 28;
        rig.StartFault = new IOException("No space left on device", NoSpace);
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));

        Assert.Equal("SpoolFull", (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.False(DeskRig.HasSession(planted.Pid));
    }

    [Fact]
    public async Task Accept_WhileCapturesAreOnHold_SaysWhoseHoldAndTouchesNothing()
    {
        rig.Holds.Told(new Hold { Services = { "service" }, Message = "Captures of service are on hold, by ann: it is slow." });
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));

        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("Held", "Captures of service are on hold, by ann: it is slow.", 0), (result.Failure, result.Detail, rig.Started));
        Assert.False(DeskRig.HasSession(planted.Pid));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hold_WhileACaptureRuns_CancelsItAndLeavesNoSession(bool isOfAll)
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 120));
        await rig.Sent.UntilAsync(sent => sent.Progress.Any(progress => progress.Phase == CapturePhase.Collecting), "the recording");

        rig.Holds.Told(new Hold { Services = { "another" } });
        rig.Desk.ObeyHolds();
        Assert.True(DeskRig.HasSession(planted.Pid));
        rig.Holds.Told(isOfAll ? new Hold { All = true } : new Hold { Services = { "service" } });
        rig.Desk.ObeyHolds();

        Assert.Equal("Cancelled", (await rig.Sent.ResultAsync("c-1")).Failure);
        // Its thread outlives it by a moment.
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of the session");
    }

    [Fact]
    public async Task Accept_WithoutLimits_AsksThePolicyAboutTheOnesItWillHave()
    {
        rig.PolicyRefusal = "no";
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 0));
        Assert.Equal("RefusedByPolicy", (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.Equal((1u, 256_000_000L), (rig.Asked!.DurationSeconds, rig.Asked.MaxBytes));
    }

    [Fact]
    public async Task Accept_TooLongBeforeItCanBegin_Expires()
    {
        var order = DeskRig.Order("c-1", CaptureKind.Trace);
        order.ExpiresInSeconds = 1;
        rig.Desk.Accept(order);
        // The desk does not run yet: real time has to pass, since the monotonic clock decides.
        await Task.Delay(1_100, TestContext.Current.CancellationToken);
        rig.Run();
        Assert.Equal("Expired", (await rig.Sent.ResultAsync("c-1")).Failure);
    }

    [Theory]
    [InlineData(InstanceProblem.DiagnosticsDisabled, "DiagnosticsDisabled")]
    [InlineData(InstanceProblem.SocketGone, "SocketGone")]
    [InlineData(InstanceProblem.SocketNotOwned, "SocketNotOwned")]
    [InlineData(InstanceProblem.RuntimeTooOld, "RuntimeTooOld")]
    [InlineData(InstanceProblem.AccessDenied, "AttachDenied")]
    public async Task Accept_InstanceWithAProblem_NamesIt(InstanceProblem problem, string failure)
    {
        rig.Problem = problem;
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));
        Assert.Equal(failure, (await rig.Sent.ResultAsync("c-1")).Failure);
    }

    [Fact]
    public async Task Accept_UnknownEndedOrReplacedInstance_NamesWhatHappened()
    {
        rig.Run();
        var target = rig.DotNet;
        rig.Target = null;
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));
        Assert.Equal("InstanceGone", (await rig.Sent.ResultAsync("c-1")).Failure);
        rig.Target = target with { StartJiffies = target.StartJiffies - 1 };
        rig.Desk.Accept(DeskRig.Order("c-2", CaptureKind.Trace));
        Assert.Equal("ProcessReplaced", (await rig.Sent.ResultAsync("c-2")).Failure);
        rig.Target = target with { Endpoint = target.Endpoint with { SocketPath = target.Endpoint.SocketPath + "x" } };
        rig.Desk.Accept(DeskRig.Order("c-3", CaptureKind.Trace));
        Assert.Equal("SocketGone", (await rig.Sent.ResultAsync("c-3")).Failure);
        rig.Target = target with { Endpoint = target.Endpoint with { VerifyPeer = _ => throw new DiagnosticIpcException(DiagnosticFailure.SocketNotOwned, "foreign") } };
        rig.Desk.Accept(DeskRig.Order("c-4", CaptureKind.Trace));
        Assert.Equal("SocketNotOwned", (await rig.Sent.ResultAsync("c-4")).Failure);
        await planted.KillAsync();
        rig.Target = target;
        rig.Desk.Accept(DeskRig.Order("c-5", CaptureKind.Trace));
        Assert.Equal("InstanceGone", (await rig.Sent.ResultAsync("c-5")).Failure);
    }

    [Fact]
    public async Task Progress_OfACapture_NamesThePhasesOncePerSecondAtMost()
    {
        rig.Run();
        // Attaching and uploading may be over before anybody tells of them: here each of them lasts until then.
        rig.Target = rig.DotNet with { Endpoint = rig.DotNet.Endpoint with { VerifyPeer = _ => SpinWait.SpinUntil(() => rig.Sent.Progress.Count > 0, TimeSpan.FromSeconds(60)) } };
        var told = new TaskCompletionSource();
        server.Received.Hold = told.Task;
        var began = DateTimeOffset.UtcNow;
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 3));
        await rig.Sent.PhaseAsync(CapturePhase.Uploading);
        told.SetResult();
        await rig.Sent.ResultAsync("c-1");
        var progress = rig.Sent.Progress;
        Assert.InRange(progress.Count, 3, (int)(DateTimeOffset.UtcNow - began).TotalSeconds + 3);
        Assert.Equal(CapturePhase.Attaching, progress[0].Phase);
        var collecting = progress.Where(frame => frame.Phase == CapturePhase.Collecting).ToList();
        Assert.All(collecting, frame => Assert.Equal(3u, frame.TotalSeconds));
        Assert.Equal(collecting.Select(frame => frame.DoneSeconds).Order(), collecting.Select(frame => frame.DoneSeconds));
        Assert.Contains(progress, frame => frame.Phase == CapturePhase.Uploading);
    }

    private static string LongId(int number) => number.ToString("000", CultureInfo.InvariantCulture).PadRight(128, 'x');

    private static AgentFrame HelloOf(DeskRig rig) =>
        new HelloFrame(new AgentIdentity("agent", "secret"), HostIdentity.Read("none"), new AgentOptions(), rig.Desk, TimeProvider.System).Create();
}

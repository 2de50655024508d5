using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures.Armed;

/// <summary>Captures that wait for a pause of a real process; the real analyzer says what the recordings hold.</summary>
[Trait("Ring", "process")]
public sealed class ArmedCaptureTests : IAsyncLifetime
{
    /// <summary>No pause is shorter, none is longer.</summary>
    private const double Any = 0.001;
    private const double None = 60_000;

    private UploadServer server = null!;
    private PlantedProcess planted = null!;
    private DeskRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        server = await UploadServer.StartAsync();
        planted = await PlantedProcess.StartAsync();
        rig = new DeskRig(server) { Target = DeskRig.TargetOf(planted, new Version(10, 0, 12)) }.Run();
        rig.Watch();
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await planted.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(CaptureKind.Gc, "gc")]
    [InlineData(CaptureKind.Alloc, "alloc")]
    public async Task Pause_OfAHeldKind_IsInTheRecordingThatItFired(CaptureKind kind, string name)
    {
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", kind, Any));
        var result = await PauseAsync("c-1");

        Assert.Equal(("", false, 1, 1), (result.Failure, result.IsPartial, rig.Started, rig.Fired));
        Assert.Equal(("Induced", 2u), (result.Trigger.Reason, result.Trigger.Generation));
        Assert.True(result.Trigger.PauseMs > 0 && result.Trigger.Detail is not null);
        using var analysis = await Analysis.OfAsync(server.Received.Complete[result.Sha256], name);
        Assert.True(analysis.Summary.GetProperty("gcCount").GetInt32() > 0);
        if (kind == CaptureKind.Gc)
        {
            // Not the lengths: the runtime stamps an event anew for each session that it writes it to.
            var row = Assert.Single(analysis.Json("gcs.json").EnumerateArray(), row => row.GetProperty("GC Index").GetUInt32() == result.Trigger.Number);
            Assert.True(row.GetProperty("Pause MSec").GetDouble() > 0);
        }

        await AssertNothingLeftAsync("c-1");
    }

    [Fact]
    public async Task Pause_OfATrace_BeginsTheRecording()
    {
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Trace, Any));
        await rig.Sent.PhaseAsync(CapturePhase.Armed);
        Assert.DoesNotContain(rig.Sent.Progress, progress => progress.Phase == CapturePhase.Collecting);
        var result = await PauseAsync("c-1");

        Assert.Equal(("", 1), (result.Failure, rig.Fired));
        Assert.NotNull(result.Trigger);
        Assert.InRange(result.CollectedSeconds, 1u, 30u);
        await AssertNothingLeftAsync("c-1");
    }

    [Theory]
    [InlineData(CaptureKind.Gc)]
    [InlineData(CaptureKind.Trace)]
    public async Task Pause_ThatNeverComes_IsGivenUpInTime(CaptureKind kind)
    {
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", kind, None, armedSeconds: 2));
        await planted.DoAsync("collect", 5);
        var result = await rig.Sent.ResultAsync("c-1");

        Assert.Equal(("TriggerNotFired", "", 0), (result.Failure, result.Sha256, rig.Fired));
        Assert.Contains("60000 ms", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Trigger);
        await AssertNothingLeftAsync("c-1");
    }

    [Theory]
    [InlineData(CaptureKind.Gc)]
    [InlineData(CaptureKind.Trace)]
    public async Task Policy_ForbidsWhileArmed_EndsItWithThePolicysSentence(CaptureKind kind)
    {
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", kind, None));
        await rig.Sent.PhaseAsync(CapturePhase.Armed);
        rig.LaterRefusal = "The policy of this host (/etc/policy.json) refuses: denyServices holds service.";
        var result = await rig.Sent.ResultAsync("c-1");

        Assert.Equal(("RefusedByPolicy", rig.LaterRefusal, "", 0), (result.Failure, result.Detail, result.Sha256, rig.Fired));
        await AssertNothingLeftAsync("c-1");
    }

    [Fact]
    public async Task Pause_OfATraceThatItsTargetCannotAffordAnyMore_IsRefused()
    {
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Trace, Any));
        await rig.Sent.PhaseAsync(CapturePhase.Armed);
        rig.Headroom = _ => 20_000_000;
        var result = await PauseAsync("c-1");

        Assert.Equal(("MemoryHeadroomTooSmall", "", 0), (result.Failure, result.Sha256, rig.Fired));
        await AssertNothingLeftAsync("c-1");
    }

    [Fact]
    public async Task Held_OfATargetThatCannotAffordItAnyMore_IsRefused()
    {
        var looks = 0;
        // Enough when the order is accepted, too little when its first recording shall begin.
        rig.Headroom = _ => Interlocked.Increment(ref looks) == 1 ? 1_000_000_000L : 20_000_000L;
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Gc, None));
        var result = await rig.Sent.ResultAsync("c-1");

        Assert.Equal(("MemoryHeadroomTooSmall", ""), (result.Failure, result.Sha256));
        await AssertNothingLeftAsync("c-1");
    }

    [Fact]
    public async Task Armed_Always_LeavesThePlaceToOthersButNotToASecondOne()
    {
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Gc, None));
        await rig.Sent.PhaseAsync(CapturePhase.Armed);
        Assert.Equal(["c-1#1"], rig.Desk.ArmedCaptures);
        rig.Desk.Accept(DeskRig.ArmedOrder("c-2", CaptureKind.Gc, None));
        rig.Desk.Accept(DeskRig.Order("c-3", CaptureKind.Gc, seconds: 1));

        Assert.Equal("Busy", (await rig.Sent.ResultAsync("c-2")).Failure);
        Assert.Equal("", (await rig.Sent.ResultAsync("c-3")).Failure);
        rig.Desk.Acknowledge(new ResultAck { CaptureId = "c-3", Attempt = 1 });
        Assert.DoesNotContain(rig.Sent.Results, result => result.CaptureId == "c-1");
        rig.Desk.Cancel(new CancelCapture { CaptureId = "c-1", Attempt = 1 });
        Assert.Equal("Cancelled", (await rig.Sent.ResultAsync("c-1")).Failure);
        await AssertNothingLeftAsync("c-1");
    }

    /// <summary>What is written down of the pause is written by nobody who would end the session.</summary>
    [Fact]
    public async Task Hold_WhileTheDiskHangsAtThePause_EndsTheSession()
    {
        var aborted = TestContext.Current.CancellationToken;
        using var disk = new ManualResetEventSlim();
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.FiredComes = () =>
        {
            hangs.TrySetResult();
            disk.Wait(aborted);
        };
        try
        {
            rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Gc, Any));
            await rig.Sent.UntilAsync(_ => Held().Length > 0, "a held recording");
            while (!hangs.Task.IsCompleted)
            {
                await planted.DoAsync("collect", 1);
                await Task.WhenAny(hangs.Task, Task.Delay(100, aborted));
                aborted.ThrowIfCancellationRequested();
                Assert.Empty(rig.Sent.Results);
            }
            rig.Holds.Told(new Hold { All = true });
            rig.Desk.ObeyHolds();

            var result = await rig.Sent.ResultAsync("c-1");
            Assert.Equal(("Cancelled", ""), (result.Failure, result.Sha256));
            await AssertNothingLeftAsync("c-1");
        }
        finally
        {
            disk.Set();
        }

        await rig.Sent.UntilAsync(_ => rig.Fired == 1, "the end of the wait for the disk");
    }

    [Fact]
    public async Task Target_EndsWhileArmed_IsNamed()
    {
        rig.Desk.Accept(DeskRig.ArmedOrder("c-1", CaptureKind.Gc, None));
        await rig.Sent.UntilAsync(_ => Held().Length > 0, "a held recording");
        await planted.KillAsync();

        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("ProcessExited", ""), (result.Failure, result.Sha256));
        Assert.Empty(Held());
    }

    /// <summary>Collections until one is the pause that was waited for, or it is refused.</summary>
    private async Task<CaptureResult> PauseAsync(string captureId)
    {
        await rig.Sent.PhaseAsync(CapturePhase.Armed);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        while (rig.Fired == 0 && rig.Sent.Results.Count == 0)
        {
            await planted.DoAsync("collect", 1);
            await Task.Delay(100, limit.Token);
        }

        return await rig.Sent.ResultAsync(captureId);
    }

    private string[] Held()
    {
        var folder = Path.Combine(rig.Folder, "artifacts");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.held*") : [];
    }

    private async Task AssertNothingLeftAsync(string captureId)
    {
        rig.Desk.Acknowledge(new ResultAck { CaptureId = captureId, Attempt = 1 });
        Assert.Empty(rig.Desk.ArmedCaptures);
        await rig.Vitals.UnwatchAsync("i");
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of all sessions in the target");
        await rig.Sent.UntilAsync(_ => !Directory.Exists(Path.Combine(rig.Folder, "artifacts")) || Directory.GetFiles(Path.Combine(rig.Folder, "artifacts")).Length == 0, "an empty spool");
    }
}

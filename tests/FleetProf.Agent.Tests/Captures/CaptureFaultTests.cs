using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Diagnostics;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>What goes wrong while a real process is captured: cancelled, killed, too large, no room, agent stopped.</summary>
[Trait("Ring", "process")]
public sealed class CaptureFaultTests : IAsyncLifetime
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

    [Theory]
    [InlineData(CaptureKind.Trace)]
    [InlineData(CaptureKind.Gc)]
    public async Task Cancel_WhileCollecting_EndsTheSessionAndKeepsNothing(CaptureKind kind)
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", kind, seconds: 60));
        await rig.Sent.PhaseAsync(CapturePhase.Collecting);
        rig.Desk.Cancel(new CancelCapture { CaptureId = "c-1", Attempt = 1 });
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("Cancelled", ""), (result.Failure, result.Sha256));
        Assert.Empty(server.Received.Offers);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Cancel_WhileUploading_GivesUpTheArtifact()
    {
        server.Received.Hold = new TaskCompletionSource().Task;
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 1));
        await rig.Sent.UntilAsync(_ => server.Received.Chunks > 0, "the first chunk");
        rig.Desk.Cancel(new CancelCapture { CaptureId = "c-1", Attempt = 1 });
        Assert.Equal("Cancelled", (await rig.Sent.ResultAsync("c-1")).Failure);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Cancel_AHeapSnapshot_LeavesNoSession()
    {
        await planted.DoAsync("retain", 500_000);
        // Nor is it over before it is cancelled.
        server.Received.Hold = new TaskCompletionSource().Task;
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));
        await rig.Sent.PhaseAsync(CapturePhase.Attaching);
        rig.Desk.Cancel(new CancelCapture { CaptureId = "c-1", Attempt = 1 });
        Assert.Equal("Cancelled", (await rig.Sent.ResultAsync("c-1")).Failure);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Target_KilledWhileCollecting_KeepsWhatThereIsAsPartial()
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 180));
        await rig.Sent.UntilAsync(sent => sent.Progress.Exists(progress => progress.Bytes > 20_000), "recorded bytes");
        await planted.KillAsync();
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal("", result.Failure);
        Assert.True(result.IsPartial);
        Assert.StartsWith("ProcessExited:", result.Detail, StringComparison.Ordinal);
        Assert.InRange(result.CollectedSeconds, 0u, 150u);
        using var analysis = await Analysis.OfAsync(server.Received.Complete[result.Sha256], "trace");
        Assert.True(analysis.Summary.GetProperty("cpuSampleCount").GetInt64() + analysis.Summary.GetProperty("externalSampleCount").GetInt64() > 0);
    }

    [Fact]
    public async Task Target_ShutDownWhileCollecting_IsPartialAndHasItsNames()
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 180));
        await rig.Sent.UntilAsync(_ => DeskRig.HasSession(planted.Pid), "a session");
        await planted.DoAsync("burn", 1_000);
        await planted.EndAsync();
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("", true), (result.Failure, result.IsPartial));
        Assert.StartsWith("ProcessExited:", result.Detail, StringComparison.Ordinal);
        using var analysis = await Analysis.OfAsync(server.Received.Complete[result.Sha256], "trace");
        Assert.Equal("Planted.Burner.Spin", analysis.Json("cpu.top.json").GetProperty("rows")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Target_KilledInTheHeapSnapshot_IsNamed()
    {
        await planted.DoAsync("retain", 2_000_000);
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));
        await rig.Sent.UntilAsync(_ => DeskRig.HasSession(planted.Pid), "a session");
        await planted.KillAsync();
        var result = await rig.Sent.ResultAsync("c-1");
        // The kill may come before the walk, or when a part of it has arrived.
        if (result.Failure.Length > 0) Assert.Equal(("ProcessExited", ""), (result.Failure, result.Sha256));
        else Assert.True(result.IsPartial && result.Detail.StartsWith("ProcessExited:", StringComparison.Ordinal), result.ToString());
    }

    [Fact]
    public async Task Target_KilledWhileUploading_ChangesNothing()
    {
        var hold = new TaskCompletionSource();
        server.Received.Hold = hold.Task;
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 1));
        await rig.Sent.UntilAsync(_ => server.Received.Chunks > 0, "the first chunk");
        await planted.KillAsync();
        hold.SetResult();
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("", false), (result.Failure, result.IsPartial));
    }

    [Fact]
    public async Task Recording_AtItsByteLimit_IsEndedWithNamesAndKeptAsPartial()
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 180, maxBytes: 100_000));
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("", true), (result.Failure, result.IsPartial));
        Assert.StartsWith("ByteLimitReached:", result.Detail, StringComparison.Ordinal);
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of the session");
        using var analysis = await Analysis.OfAsync(server.Received.Complete[result.Sha256], "trace");
        Assert.True(analysis.Summary.GetProperty("isComplete").GetBoolean());
        Assert.Empty(analysis.Summary.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task HeapSnapshot_BeyondItsByteLimit_IsKeptAsPartialAndReadAsIncomplete()
    {
        await planted.DoAsync("retain", 500_000);
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump, maxBytes: 5_000_000));
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("", true), (result.Failure, result.IsPartial));
        Assert.StartsWith("ByteLimitReached:", result.Detail, StringComparison.Ordinal);
        Assert.InRange(result.Bytes, 5_000_000, 13_000_000);
        using var analysis = await Analysis.OfAsync(server.Received.Complete[result.Sha256], "gcdump");
        Assert.False(analysis.Summary.GetProperty("isComplete").GetBoolean());
        Assert.InRange(analysis.Summary.GetProperty("objectCount").GetInt64(), 10_000, 1_000_000);
    }

    [Fact]
    public async Task HeapSnapshot_OfATargetNearItsMemoryLimit_IsRefused()
    {
        const string Hierarchy = "/sys/fs/cgroup/memory";
        Assert.SkipUnless(File.Exists($"{Hierarchy}/tasks") && Environment.IsPrivilegedProcess, "needs root and a version 1 memory hierarchy");
        await planted.DoAsync("retain", 500_000);
        var group = Directory.CreateDirectory($"{Hierarchy}/fleetprof-test-{planted.Pid}");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(group.FullName, "cgroup.procs"), $"{planted.Pid}", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(group.FullName, "memory.limit_in_bytes"), "60000000", TestContext.Current.CancellationToken);
            rig.Run();
            rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));
            Assert.Equal("MemoryHeadroomTooSmall", (await rig.Sent.ResultAsync("c-1")).Failure);
            Assert.False(DeskRig.HasSession(planted.Pid));
        }
        finally
        {
            await planted.KillAsync();
            group.Delete();
        }
    }

    [Theory]
    [InlineData(CaptureKind.Trace)]
    [InlineData(CaptureKind.Alloc)]
    [InlineData(CaptureKind.Gc)]
    public async Task Recording_OfATargetNearItsMemoryLimit_IsRefused(CaptureKind kind)
    {
        rig.Headroom = _ => 20_000_000;
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", kind));
        var result = await rig.Sent.ResultAsync("c-1");

        Assert.Equal(("MemoryHeadroomTooSmall", ""), (result.Failure, result.Sha256));
        Assert.Contains(" 15 MB can be spared", result.Detail, StringComparison.Ordinal);
        Assert.False(DeskRig.HasSession(planted.Pid));
    }

    [Fact]
    public async Task HeapSnapshot_ThatWouldStopItsTargetForTooLong_IsRefused()
    {
        await planted.DoAsync("retain", 200_000);
        rig.Run();
        var order = DeskRig.Order("c-1", CaptureKind.Gcdump);
        (order.MaxStallMs, order.StallUsPerObject, order.BytesPerObject) = (1, 0.9, 50);
        rig.Desk.Accept(order);
        var result = await rig.Sent.ResultAsync("c-1");

        Assert.Equal(("StallTooLong", ""), (result.Failure, result.Sha256));
        Assert.EndsWith("0.001 s are allowed.", result.Detail, StringComparison.Ordinal);
        Assert.False(DeskRig.HasSession(planted.Pid));
    }

    [Fact]
    public async Task HeapSnapshot_OfWhichThePolicyBearsNoSuchStop_IsRefusedWhateverTheOrderAllows()
    {
        rig.StallRefusal = "The policy of this host (/etc/policy.json) refuses: maxStallSeconds is 5.";
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));
        var result = await rig.Sent.ResultAsync("c-1");

        Assert.Equal(("RefusedByPolicy", rig.StallRefusal, ""), (result.Failure, result.Detail, result.Sha256));
        Assert.False(DeskRig.HasSession(planted.Pid));
    }

    [Fact]
    public async Task Spool_FullWhileCollecting_DrainsAndDiscards()
    {
        await using var small = new DeskRig(server, spoolBytes: 50_000) { Target = rig.Target }.Run();
        small.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 180));
        var result = await small.Sent.ResultAsync("c-1");
        Assert.Equal(("SpoolFull", ""), (result.Failure, result.Sha256));
        await small.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of the session");
        Assert.Empty(Directory.GetFiles(Path.Combine(small.Folder, "artifacts")));
    }

    [Fact]
    public async Task Spool_WithoutReserve_RefusesBeforeItTouchesTheTarget()
    {
        await using var small = new DeskRig(server, reserveBytes: long.MaxValue / 2) { Target = rig.Target }.Run();
        small.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 60));
        Assert.Equal("SpoolFull", (await small.Sent.ResultAsync("c-1")).Failure);
    }

    [Fact]
    public async Task Agent_StoppedWhileCollecting_EndsTheSessionAndTellsAfterTheRestart()
    {
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 180));
        await rig.Sent.UntilAsync(sent => sent.Progress.Exists(progress => progress.Bytes > 20_000), "recorded bytes");
        await rig.StopAsync();
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of the session");

        await using var next = new DeskRig(server, rig.Folder) { Target = rig.Target }.Run();
        var result = await next.Sent.ResultAsync("c-1");
        Assert.Equal(("AgentLost", true), (result.Failure, result.IsPartial));
        Assert.True(server.Received.Complete.ContainsKey(result.Sha256));
        Assert.Equal(0, next.Started);
    }

    /// <summary>A disk may hang at either, and a session that runs by then is drained by nobody.</summary>
    [Fact]
    public async Task Session_WhenItIsAskedFor_HasItsFileAndJournalRecordAlready()
    {
        var seen = (Files: -1, IsNoted: false);
        await using var port = new FakeDiagnosticPort(async (command, stream, cancellation) =>
        {
            // What it says of itself is empty: a pid, a cookie and five texts without a character.
            if (command == IpcMessage.ProcessInfo2)
            {
                await stream.WriteAsync(FakeDiagnosticPort.Ok(new byte[44]), cancellation);
                return;
            }

            var journal = new byte[64 * 1024];
            var length = LinuxFile.Read(Path.Combine(rig.Folder, "captures.journal"), journal, out _);
            seen = (FilesOfTheSpool().Length, JournalFrames.Read(journal.AsSpan(0, Math.Max(length, 0))).Records.Any(record => record.Stage == JournalStage.Attached));
            await stream.WriteAsync(FakeDiagnosticPort.Error(1), cancellation);
        });
        rig.Target = DeskRig.TargetOf(Environment.ProcessId, port.SocketPath, new Version(10, 0, 12));
        rig.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));

        Assert.Equal("InternalError", (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.Equal((1, true), seen);
        Assert.Empty(FilesOfTheSpool());
    }

    /// <summary>No session in the target, which takes a new one; no file in the spool.</summary>
    private async Task AssertNothingLeftAsync()
    {
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of the session in the target");
        Assert.Empty(FilesOfTheSpool());
        server.Received.Hold = Task.CompletedTask;
        rig.Desk.Accept(DeskRig.Order("after", CaptureKind.Trace, seconds: 1));
        Assert.Equal("", (await rig.Sent.ResultAsync("after")).Failure);
    }

    private string[] FilesOfTheSpool()
    {
        // A capture that was cancelled early enough has made no folder either.
        var spool = Path.Combine(rig.Folder, "artifacts");
        return Directory.Exists(spool) ? Directory.GetFiles(spool) : [];
    }
}

using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Collectors.Go;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Captures.Go;

/// <summary>Captures of a real Go program, through spool, upload and the real analyzer, against the program's own counts.</summary>
[Trait("Ring", "process")]
public sealed class GoCaptureTests(GoProbeProgram built) : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-gocapture-");
    private UploadServer server = null!;
    private GoProbeProcess probe = null!;
    private DeskRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        server = await UploadServer.StartAsync();
        probe = await GoProbeProcess.StartAsync(await built.CopyAsync(folder.FullName), Path.Combine(folder.FullName, "probe.err"), hasPprof: true);
        rig = new DeskRig(server) { Target = DeskRig.GoTargetOf(probe.Pid, probe.PprofPort) }.Run();
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await probe.DisposeAsync();
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Alloc_OfAChurningProgram_HasItsBytesWithinTheSamplingError()
    {
        // Go shows allocations up to the last completed collection, so both ends of the difference get one.
        await probe.AskAsync("collect 2");
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Alloc, seconds: 12));
        await probe.UntilAskedAsync();
        var before = await probe.CountsAsync();
        await probe.AskAsync("churn 400");
        await probe.AskAsync("collect 2");
        var after = await probe.CountsAsync();

        using var analysis = await AnalyseAsync("alloc");

        var top = analysis.Row("alloc.functions.json", "type", "main.churn");
        var error = top.GetProperty("relativeError").GetDouble();
        Assert.InRange(error, 0.03, 0.15);
        var allocated = after.Allocated - before.Allocated;
        Assert.InRange(top.GetProperty("bytes").GetDouble(), allocated * (1 - (2.5 * error)), allocated * (1 + (2.5 * error)));
        Assert.Equal("main.churn", analysis.Json("alloc.top.json").GetProperty("rows")[0].GetProperty("name").GetString());
        Assert.InRange(analysis.Summary.GetProperty("durationMs").GetDouble(), 11_900, 40_000);
        Assert.Equal("Go", analysis.Summary.GetProperty("runtime").GetString());
        Assert.InRange(rig.Sent.Results[0].CollectedSeconds, 12u, 42u);
    }

    [Fact]
    public async Task Trace_OfAChurningProgram_HasItsFunctionBelowMain()
    {
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 5));
        await probe.UntilAskedAsync();
        while (rig.Sent.Results.Count == 0) await probe.AskAsync("churn 100");

        using var analysis = await AnalyseAsync("trace");

        Assert.InRange(analysis.Summary.GetProperty("cpuSampleCount").GetInt64(), 20, 5_000);
        var churn = analysis.Row("cpu.top.json", "name", "main.churn");
        Assert.True(churn.GetProperty("total").GetInt64() > analysis.Summary.GetProperty("cpuSampleCount").GetInt64() / 4);
        Assert.DoesNotContain(analysis.Json("cpu.top.json").GetProperty("rows").EnumerateArray(), row => row.GetProperty("name").GetString()!.StartsWith("runtime/pprof.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gcdump_OfARetainingProgram_HasWhatIsInUse()
    {
        await probe.AskAsync("churn 900");
        await probe.AskAsync("collect 2");
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));

        using var analysis = await AnalyseAsync("gcdump");

        // Some 20 MB of blocks are kept, some 40 samples.
        Assert.InRange(analysis.Summary.GetProperty("heapBytes").GetDouble(), 8e6, 45e6);
        Assert.Equal("main.churn", analysis.Json("inuse.top.json").GetProperty("rows")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Goroutines_OfAParkedProgram_AreCountedByFunctionAsPprofCountsThem()
    {
        await probe.AskAsync("park 70");
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Goroutines));

        using var analysis = await AnalyseAsync("goroutines");

        var rows = analysis.Json("goroutine.top.json").GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!, row => row.GetProperty("total").GetInt64());
        Assert.Equal((70, 70, 70), (rows["main.parkReceive"], rows["main.parkLock"], rows["main.parkSelect"]));
        // What they wait for stands above them.
        Assert.True(rows["runtime.chanrecv1"] >= 70 && rows["runtime.selectgo"] >= 70 && rows["sync.(*Mutex).Lock"] >= 70);
        var original = Path.Combine(folder.FullName, "goroutines.pb.gz");
        await File.WriteAllBytesAsync(original, server.Received.Complete[rig.Sent.Results[0].Sha256], TestContext.Current.CancellationToken);
        var expected = await PprofRaw.TotalAsync(original, ignoring: "runtime/pprof.");
        // A goroutine that was only just made has no stack yet, and -raw leaves it out.
        Assert.Equal(expected, analysis.Summary.GetProperty("goroutineCount").GetInt64() - rows.GetValueOrDefault("[no stack]"));
        Assert.Equal(analysis.Summary.GetProperty("goroutineCount").GetInt64(), analysis.Summary.GetProperty("eventCount").GetInt64());
        Assert.Equal(("goroutines", "Go"), (analysis.Summary.GetProperty("kind").GetString(), analysis.Summary.GetProperty("runtime").GetString()));
        Assert.Equal(0u, rig.Sent.Results[0].CollectedSeconds);
    }

    [Fact]
    public async Task Trace_WhileSomebodyElseProfiles_SaysSo()
    {
        using var other = new HttpClient();
        using var end = new CancellationTokenSource();
        var theirs = other.GetAsync(new Uri($"http://127.0.0.1:{probe.PprofPort}/debug/pprof/profile?seconds=60"), end.Token);
        // The port is asked before the profile runs; while it does, a goroutine writes it.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        var stacks = new Uri($"http://127.0.0.1:{probe.PprofPort}/debug/pprof/goroutine?debug=1");
        while (!(await other.GetStringAsync(stacks, limit.Token)).Contains("runtime/pprof.profileWriter", StringComparison.Ordinal)) await Task.Delay(20, limit.Token);

        var result = await ResultAsync("c-1", CaptureKind.Trace);

        Assert.Equal("ProfilerBusy", result.Failure);
        Assert.Contains("cpu profiling already in use", result.Detail, StringComparison.Ordinal);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => theirs);
    }

    [Fact]
    public async Task Cancel_OfATrace_LeavesTheProfilerFree()
    {
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 60));
        await probe.UntilAskedAsync();
        rig.Desk.Cancel(new CancelCapture { CaptureId = "c-1", Attempt = 1 });
        Assert.Equal("Cancelled", (await rig.Sent.ResultAsync("c-1")).Failure);

        Assert.Equal("", await FirstSuccessAsync());
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(rig.Folder, "artifacts")), file => new FileInfo(file).Length == 0);
    }

    [Fact]
    public async Task End_OfTheProgram_IsTheResult()
    {
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Alloc, seconds: 60));
        await probe.UntilAskedAsync();
        await probe.EndAsync();

        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("ProcessExited", ""), (result.Failure, result.Sha256));
    }

    [Fact]
    public async Task Profile_LargerThanAllowed_IsNotKept()
    {
        var result = await ResultAsync("c-1", CaptureKind.Gcdump, maxBytes: 100);

        Assert.Equal(("ByteLimitReached", ""), (result.Failure, result.Sha256));
        Assert.Empty(Directory.GetFiles(Path.Combine(rig.Folder, "artifacts")));
    }

    [Theory]
    [InlineData(CaptureKind.Gc, 0, true, "NotForRuntime")]
    [InlineData(CaptureKind.Alloc, 50, true, "NotForRuntime")]
    [InlineData(CaptureKind.Alloc, 0, false, "RefusedByPolicy")]
    public async Task Order_ThatCannotBe_IsRefusedAndNothingIsAsked(CaptureKind kind, double whenPauseOverMs, bool hasPort, string failure)
    {
        rig.Target = DeskRig.GoTargetOf(probe.Pid, hasPort ? probe.PprofPort : null);
        var order = DeskRig.Order("c-1", kind);
        order.WhenPauseOverMs = whenPauseOverMs;
        rig.Desk.Accept(order);

        Assert.Equal(failure, (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.False(probe.HasBeenAsked);
    }

    [Fact]
    public async Task Port_OfAnotherProcess_IsNotAsked()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        rig.Target = DeskRig.GoTargetOf(probe.Pid, ((System.Net.IPEndPoint)other.LocalEndpoint).Port);

        Assert.Equal("SocketNotOwned", (await ResultAsync("c-1", CaptureKind.Gcdump)).Failure);
        Assert.False(other.Pending());
    }

    [Fact]
    public async Task Port_ThatNobodyListensOn_IsPprofUnavailable()
    {
        // Bound, so that nobody else gets it meanwhile.
        using var bound = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        bound.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        rig.Target = DeskRig.GoTargetOf(probe.Pid, ((System.Net.IPEndPoint)bound.LocalEndPoint!).Port);

        var result = await ResultAsync("c-1", CaptureKind.Gcdump);

        Assert.Equal("PprofUnavailable", result.Failure);
        Assert.Contains("Nothing listens", result.Detail, StringComparison.Ordinal);
    }

    /// <summary>The program notices the end of a connection a moment later.</summary>
    private async Task<string> FirstSuccessAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var i = 2; ; i++)
        {
            var failure = (await ResultAsync($"c-{i}", CaptureKind.Trace)).Failure;
            if (failure.Length == 0 || limit.IsCancellationRequested) return failure;
        }
    }

    private async Task<CaptureResult> ResultAsync(string captureId, CaptureKind kind, uint seconds = 1, long maxBytes = 0)
    {
        rig.Desk.Accept(DeskRig.Order(captureId, kind, seconds, maxBytes: maxBytes));
        return await rig.Sent.ResultAsync(captureId);
    }

    private async Task<Analysis> AnalyseAsync(string kind)
    {
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("", false), (result.Failure, result.IsPartial));
        return await Analysis.OfAsync(server.Received.Complete[result.Sha256], kind);
    }
}

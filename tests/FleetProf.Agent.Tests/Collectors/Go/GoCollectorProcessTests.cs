using System.Text.Json;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Tests.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.TestKit.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Collectors.Go;

/// <summary>Real Go programs, watched as an operator would have it, against their own counts.</summary>
[Trait("Ring", "process")]
public sealed class GoCollectorProcessTests(GoProbeProgram built) : IDisposable
{
    private readonly CollectedVitals collected = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-go-");
    private readonly InstanceDirectory directory = new();

    private string Log => Path.Combine(folder.FullName, "probe.err");

    [Fact]
    public async Task GctraceLog_AfterChurn_CountsWhatTheProgramCounted()
    {
        await using var probe = await GoProbeProcess.StartAsync(await built.PathAsync, Log);
        await using var watching = await WatchAsync(new { program = await built.PathAsync, service = "orders", version = "7.1", gctraceLog = Log });
        var before = await probe.CountsAsync();
        // On a busy machine more is allocated while it collects, and it collects less often.
        for (var churns = 0; churns < 10 && (await probe.CountsAsync()).Gcs - before.Gcs <= 20; churns++) await probe.AskAsync("churn 400");
        await probe.AskAsync("say request-done-in-3ms");
        await probe.AskAsync("collect 3");
        var after = await probe.CountsAsync();
        await probe.UntilLoggedAsync(after.Gcs);
        await watching.DisposeAsync();

        Assert.True(after.Gcs - before.Gcs > 20, "The probe collects too seldom to prove anything.");
        Assert.Equal(after.Gcs - before.Gcs, collected.GcCount);
        // Go 1.19 marks the line of an automatic collection as forced too when runtime.GC is called while it ends.
        Assert.InRange(collected.Windows.Sum(window => window.InducedGcCount), after.Forced - before.Forced, after.Forced - before.Forced + 1);
        Assert.Equal(0, collected.Windows.Sum(window => window.MissedGcCount));
        // The runtime cuts each stop in the log to two digits, and to microseconds: a sum is never high, and up to a tenth low.
        var gcs = after.Gcs - before.Gcs;
        var paused = after.PauseMs - before.PauseMs;
        Assert.InRange(collected.Windows.Sum(window => window.PauseMs), (paused * 0.9) - (gcs * 0.002), (paused * 1.001) + 0.01);
        var stops = collected.Windows.SelectMany(window => window.Pauses).Select(pause => (pause.Kind, DdSketch.FromBytes(pause.Sketch.Span).Count)).ToLookup(pause => pause.Kind, pause => pause.Count);
        Assert.Equal((gcs, gcs), (stops[AgentProtocol.PauseKind.BackgroundInitial].Sum(), stops[AgentProtocol.PauseKind.BackgroundFinal].Sum()));
        Assert.InRange(collected.Windows.Sum(window => window.AllocatedBytes), (after.Allocated - before.Allocated) * 0.6, (after.Allocated - before.Allocated) * 1.4);
        var last = LastWithCollections();
        Assert.True(last is { WorkingSetBytes: > 5_000_000, ThreadCount: > 2, Gen2AfterBytes: > 1_000_000 } && last.ObservedMs > 0 && last.HeapBeforeBytes >= last.Gen2AfterBytes);
    }

    [Fact]
    public async Task PprofPort_AfterChurn_CountsWhatTheProgramCounted()
    {
        await using var probe = await GoProbeProcess.StartAsync(await built.PathAsync, Log, hasPprof: true);
        await using var watching = await WatchAsync(new { program = await built.PathAsync, pprofPort = probe.PprofPort });
        var before = await probe.CountsAsync();
        await probe.AskAsync("churn 400");
        await probe.AskAsync("collect 3");
        var after = await probe.CountsAsync();
        await watching.DisposeAsync();

        Assert.Equal(after.Gcs - before.Gcs, collected.GcCount + collected.Windows.Sum(window => window.MissedGcCount));
        Assert.Equal(after.Forced - before.Forced, collected.Windows.Sum(window => window.InducedGcCount));
        Assert.Equal(0, collected.Windows.Sum(window => window.MissedGcCount));
        Assert.Equal(after.PauseMs - before.PauseMs, collected.Windows.Sum(window => window.PauseMs), 6);
        Assert.InRange(collected.Windows.Sum(window => window.AllocatedBytes), (after.Allocated - before.Allocated) * 0.9, (after.Allocated - before.Allocated) * 1.05);
        Assert.True(LastWithCollections() is { CommittedBytes: > 5_000_000, Gen2AfterBytes: > 1_000_000 });
    }

    [Fact]
    public async Task Directory_WhileItRuns_DescribesTheProgram()
    {
        await using var probe = await GoProbeProcess.StartAsync(await built.PathAsync, Log);
        await using (await WatchAsync(new { program = await built.PathAsync, version = "7.1", gctraceLog = Log }))
        {
            var instance = Assert.Single(directory.Describe().Instances);
            Assert.Equal(("goprobe", "7.1", probe.Pid, InstanceProblem.None), (instance.Service, instance.Version, instance.Pid, instance.Problem));
            Assert.Matches(@"^go1\.\d+", instance.Runtime);
            Assert.Equal("gctrace=1", instance.GcSettings["GODEBUG"]);
            Assert.True(directory.Find(instance.InstanceId) is GoTarget { PprofPort: null } target && target.Pid == probe.Pid);
            Assert.False(instance.Labels.ContainsKey(GoProcess.CapturesLabel));
        }
    }

    [Fact]
    public async Task Directory_OfAProgramWithLogAndPort_OffersItForCapturesAndReadsTheLog()
    {
        await using var probe = await GoProbeProcess.StartAsync(await built.PathAsync, Log, hasPprof: true);
        await using (await WatchAsync(new { program = await built.PathAsync, gctraceLog = Log, pprofPort = probe.PprofPort }))
        {
            var instance = Assert.Single(directory.Describe().Instances);
            Assert.Equal("trace alloc gcdump goroutines", instance.Labels[GoProcess.CapturesLabel]);
            Assert.True(directory.Find(instance.InstanceId) is GoTarget target && target.PprofPort == probe.PprofPort && target.StartJiffies > 0);
            await probe.AskAsync("collect 2");
        }
        // Only the log tells both stops apart.
        Assert.Contains(collected.Windows.SelectMany(window => window.Pauses), pause => pause.Kind == AgentProtocol.PauseKind.BackgroundFinal);
    }

    [Fact]
    public async Task Policy_WithoutTheProgram_LeavesItAlone()
    {
        await using var probe = await GoProbeProcess.StartAsync(await built.PathAsync, Log, hasPprof: true);
        await using (await PassAsync(Collector(new { program = "/elsewhere/goprobe", pprofPort = probe.PprofPort })))
        {
            Assert.Empty(directory.Describe().Instances);
        }
        Assert.Empty(collected.Windows);
    }

    [Fact]
    public async Task PprofPort_OfAnotherProcess_IsNotAsked()
    {
        await using var probe = await GoProbeProcess.StartAsync(await built.PathAsync, Log);
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        await using (await PassAsync(Collector(new { program = await built.PathAsync, pprofPort = port })))
        {
            await collected.UntilAsync(vitals => vitals.Problems.Count > 0, "a problem");
        }
        Assert.Equal(InstanceProblem.SessionLost, collected.Problems[0].Problem);
        Assert.Contains("not asked", collected.Problems[0].Detail, StringComparison.Ordinal);
        Assert.False(other.Pending());
    }

    [Fact]
    public async Task Process_ThatEnds_LeavesTheDirectoryWithItsLastWindow()
    {
        await using var probe = await GoProbeProcess.StartAsync(await built.PathAsync, Log);
        await using var collector = Collector(new { program = await built.PathAsync, gctraceLog = Log });
        await collector.Value.PassAsync();
        await collector.Value.FirstLooksAsync();
        await probe.AskAsync("collect 2");
        await probe.EndAsync();
        await collector.Value.PassAsync();

        Assert.Empty(directory.Describe().Instances);
        Assert.NotEmpty(collected.Windows);
    }

    /// <summary>
    /// logrotate renames, and both go on writing to what they have open: nobody writes to either log of the policy, whose folder is a link
    /// here. A new agent knows the files by the names that a rotation gives, one that watched them already by whatever name.
    /// </summary>
    [Theory]
    [InlineData(false, "old-NAME")]
    [InlineData(true, "NAME.1")]
    public async Task GctraceLogs_RenamedUnderTwoProcessesOfOneProgram_LeaveEachWithItsService(bool isAgentNew, string renamed)
    {
        var program = await built.CopyAsync(folder.FullName);
        var logs = Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "log"), folder.CreateSubdirectory("files").FullName).FullName;
        // The older process is the second rule's: by age it would be the first one's, too.
        await using var stock = await GoProbeProcess.StartAsync(program, Path.Combine(logs, "stock.err"));
        await using var orders = await GoProbeProcess.StartAsync(program, Path.Combine(logs, "orders.err"));
        await using var watching = Collector(
            new { program, service = "orders", gctraceLog = Path.Combine(logs, "orders.err") }, new { program, service = "stock", gctraceLog = Path.Combine(logs, "stock.err") });
        (string, int)[] expected = [("orders", orders.Pid), ("stock", stock.Pid)];
        await watching.Value.PassAsync();
        await watching.Value.FirstLooksAsync();
        Assert.Equal(expected, Watched());

        foreach (var name in new[] { "orders.err", "stock.err" })
        {
            File.Move(Path.Combine(logs, name), Path.Combine(logs, renamed.Replace("NAME", name, StringComparison.Ordinal)));
            File.WriteAllText(Path.Combine(logs, name), "");
        }
        if (isAgentNew)
        {
            await watching.Value.EndAsync();
            foreach (var instance in directory.Describe().Instances) directory.Remove(instance.InstanceId);
        }
        await watching.Value.PassAsync();

        Assert.Equal(expected, Watched());
    }

    /// <summary>A restart of the first: for a while the second one's process is the only one of the program.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rules_OfOneProgramWhoseFirstProcessEnded_LeaveTheSecondItsService(bool isAgentNew)
    {
        var program = await built.CopyAsync(folder.FullName);
        var (ordersLog, stockLog) = (Path.Combine(folder.FullName, "orders.err"), Path.Combine(folder.FullName, "stock.err"));
        await using var stock = await GoProbeProcess.StartAsync(program, stockLog);
        await using var watching = Collector(new { program, service = "orders", gctraceLog = ordersLog }, new { program, service = "stock", gctraceLog = stockLog });
        await using (var first = await GoProbeProcess.StartAsync(program, ordersLog))
        {
            if (!isAgentNew) await watching.Value.PassAsync();
            await first.EndAsync();
        }

        await watching.Value.PassAsync();
        Assert.Equal([("stock", stock.Pid)], Watched());

        // What it writes to after a rotation by another name than those that are known tells nothing; it has been watched so far.
        File.Move(stockLog, Path.Combine(folder.FullName, "old-stock.err"));
        await watching.Value.PassAsync();
        Assert.Equal([("stock", stock.Pid)], Watched());

        await using var orders = await GoProbeProcess.StartAsync(program, ordersLog);
        await watching.Value.PassAsync();
        Assert.Equal([("orders", orders.Pid), ("stock", stock.Pid)], Watched());
    }

    public void Dispose() => folder.Delete(recursive: true);

    private IEnumerable<(string Service, int Pid)> Watched() => directory.Describe().Instances.Select(instance => (instance.Service, instance.Pid)).Order();

    // Behind it there may be a window that began after the last collection.
    private VitalsWindow LastWithCollections() => collected.Windows.Last(window => window.GcCounts[2] > 0);

    // Watching has begun when the first look is over; that look is where counting begins.
    private async Task<Running> WatchAsync(object rule)
    {
        var running = await PassAsync(Collector(rule));
        await running.Value.FirstLooksAsync();
        return running;
    }

    private static async Task<Running> PassAsync(Running collector)
    {
        await collector.Value.PassAsync();
        return collector;
    }

    private Running Collector(params object[] rules)
    {
        var file = Path.Combine(folder.FullName, "policy.json");
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(new { goPrograms = rules }));
        var policy = new LocalPolicy(file, null, TimeProvider.System, NullLogger<LocalPolicy>.Instance);
        return new Running(new GoCollector(policy, HostIdentity.Read("test"), directory, collected, TimeProvider.System, new AgentOptions(), NullLogger<GoCollector>.Instance));
    }

    private sealed record Running(GoCollector Value) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Value.EndAsync();
    }
}

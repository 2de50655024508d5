using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.GcPauses;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

/// <summary>The collector against runtimes that the test plays, in this process.</summary>
public class VitalsCollectorTests
{
    private readonly CollectedVitals collected = new();

    [Fact]
    public async Task Session_Lost_IsOpenedAgainAndTheGapShows()
    {
        await using var runtime = new PlayedRuntime(session => (Trace(session), Stays: session > 1));
        await WithCollectorAsync(runtime, _ => collected.UntilAsync(
            vitals => vitals.Problems.Count >= 2 && vitals.HasGc(2), "the second session"));
        Assert.Equal([InstanceProblem.SessionLost, InstanceProblem.None], collected.Problems.Select(problem => problem.Problem));
        Assert.Equal(2, collected.GcCount);
        Assert.Equal(0, collected.Windows.Sum(window => window.MissedGcCount));
    }

    [Fact]
    public async Task Stream_Broken_IsASessionLostThatSaysWhere()
    {
        await using var runtime = new PlayedRuntime(_ => ("Nettrace, or so it seems, but then it is something else."u8.ToArray(), Stays: false));
        await WithCollectorAsync(runtime, _ => collected.UntilAsync(vitals => vitals.Problems.Count > 0, "the problem"));
        Assert.Equal(InstanceProblem.SessionLost, collected.Problems[0].Problem);
        Assert.Contains("at byte", collected.Problems[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clock_OfTheTargetIsFarOff_ArrivalDecides()
    {
        var trace = new WrittenGcs(new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc), 0).Collection(1, 1_000_000).ToArray(hasEnd: false);
        await using var runtime = new PlayedRuntime(_ => (trace, Stays: true));
        var before = DateTimeOffset.UtcNow;
        await WithCollectorAsync(runtime, _ => collected.UntilAsync(vitals => vitals.HasGc(1), "a GC"));
        var ended = DateTimeOffset.FromUnixTimeMilliseconds(collected.Windows.SelectMany(window => window.Longest).Single().EndedUnixMs);
        Assert.InRange(ended, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task Clock_AtTheEndOfTheCalendar_EndsNothing()
    {
        var trace = new WrittenGcs(new DateTime(9999, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc), 0).Collection(1, 1_000_000).ToArray(hasEnd: false);
        await using var runtime = new PlayedRuntime(_ => (trace, Stays: true));
        var before = DateTimeOffset.UtcNow;
        await WithCollectorAsync(runtime, async collector =>
        {
            await collected.UntilAsync(vitals => vitals.HasGc(1), "a GC");
            collector.BeginOwnSnapshot("a").Dispose();
        });
        Assert.DoesNotContain(collected.Problems, problem => problem.Problem != InstanceProblem.None);
        var ended = DateTimeOffset.FromUnixTimeMilliseconds(collected.Windows.SelectMany(window => window.Longest).Single().EndedUnixMs);
        Assert.InRange(ended, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task Tick_ThatFailsInASession_EndsThatOneAndOpensAnother()
    {
        var time = new FailingClock();
        await using var runtime = new PlayedRuntime(session => (Trace(session), Stays: true));
        await WithCollectorAsync(
            runtime,
            async _ =>
            {
                await collected.UntilAsync(vitals => vitals.HasGc(1), "a GC");
                time.FailOnce(new InvalidOperationException("planted"));
                await collected.UntilAsync(vitals => vitals.HasGc(2), "the second session");
            },
            time);
        Assert.True(runtime.WasStopped);
        Assert.Equal(InstanceProblem.SessionLost, collected.Problems[0].Problem);
        Assert.Contains("planted", collected.Problems[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticks_Absurd_HarmNothing()
    {
        var trace = new WrittenGcs(DateTime.UtcNow, 0).Collection(1, long.MaxValue - 20_000_000).Collection(2, long.MinValue).Collection(3, 1_000_000).ToArray(hasEnd: false);
        await using var runtime = new PlayedRuntime(_ => (trace, Stays: true));
        await WithCollectorAsync(runtime, _ => collected.UntilAsync(vitals => vitals.HasGc(1), "a GC"));
        Assert.DoesNotContain(collected.Problems, problem => problem.Problem != InstanceProblem.None);
        Assert.True(collected.GcCount + collected.Windows.Sum(window => window.MissedGcCount) >= 1);
    }

    [Fact]
    public async Task Watch_Twice_IsOneSession()
    {
        await using var runtime = new PlayedRuntime(session => (Trace(session), Stays: true));
        await WithCollectorAsync(runtime, async collector =>
        {
            collector.Watch(Instance(runtime));
            await collected.UntilAsync(vitals => vitals.HasGc(1), "a GC");
            Assert.Equal(1, runtime.Sessions);
        });
        Assert.Equal(1, collected.GcCount);
    }

    [Fact]
    public async Task Watch_AfterItsProcessSeemedToHaveEnded_IsASecondSession()
    {
        await using var runtime = new PlayedRuntime(session => (Trace(session), Stays: session > 1));
        var looks = 0;
        var endpoint = Instance(runtime).Endpoint with { IsAlive = _ => Interlocked.Increment(ref looks) > 1 };
        await WithCollectorAsync(new WatchedInstance("a", endpoint), async collector =>
        {
            await collected.UntilAsync(_ => !collector.IsWatching("a"), "the end of the first watch");
            collector.Watch(new WatchedInstance("a", endpoint));
            await collected.UntilAsync(vitals => vitals.HasGc(2), "the second session");
        });
        Assert.Equal(2, runtime.Sessions);
    }

    [Fact]
    public async Task Output_Fails_SessionsAreStoppedAllTheSame()
    {
        collected.Fault = new InvalidOperationException("planted");
        await using var runtime = new PlayedRuntime(session => (Trace(session), Stays: true));
        var collector = new VitalsCollector(collected, TimeProvider.System, new Random(1));
        var running = collector.RunAsync(TestContext.Current.CancellationToken);
        collector.Watch(Instance(runtime));
        Assert.Equal("planted", (await Assert.ThrowsAsync<InvalidOperationException>(() => running)).Message);
        Assert.True(runtime.WasStopped);
    }

    [Fact]
    public async Task Unwatch_UnknownInstance_DoesNothing() =>
        await new VitalsCollector(collected, TimeProvider.System, new Random(1)).UnwatchAsync("nobody");

    private Task WithCollectorAsync(PlayedRuntime runtime, Func<VitalsCollector, Task> act, TimeProvider? time = null) => WithCollectorAsync(Instance(runtime), act, time);

    private async Task WithCollectorAsync(WatchedInstance instance, Func<VitalsCollector, Task> act, TimeProvider? time = null)
    {
        using var stop = new CancellationTokenSource();
        var collector = new VitalsCollector(collected, time ?? TimeProvider.System, new Random(1));
        var running = collector.RunAsync(stop.Token);
        collector.Watch(instance);
        await act(collector);
        await stop.CancelAsync();
        await running;
    }

    private static WatchedInstance Instance(PlayedRuntime runtime) => new("a", new DiagnosticEndpoint(Environment.ProcessId, runtime.SocketPath) { MayHaveSessions = _ => false });

    private static byte[] Trace(int gcNumber) => new WrittenGcs(DateTime.UtcNow, 0).Collection(gcNumber, 1_000_000).ToArray(hasEnd: false);

    /// <summary>Fails once it is told to: while a stream is quiet nobody but the timer asks it for how long.</summary>
    private sealed class FailingClock : TimeProvider
    {
        private Exception? fault;

        public void FailOnce(Exception error) => Volatile.Write(ref fault, error);

        public override long GetTimestamp() => Interlocked.Exchange(ref fault, null) is { } error ? throw error : base.GetTimestamp();
    }
}

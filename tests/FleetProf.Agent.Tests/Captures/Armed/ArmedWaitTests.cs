using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Armed;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Agent.Tests.Captures.Armed;

/// <summary>The wait for a pause, over recordings that the test plays and a clock that it moves.</summary>
public sealed class ArmedWaitTests : IDisposable
{
    private static readonly ArmedLimits Limits = new() { Patience = TimeSpan.FromMinutes(10), SliceBytes = 1_000 };
    private readonly LookingClock time = new();
    private readonly List<PlayedRecording> begun = [];
    private readonly CancellationTokenSource cancel = new();
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PauseAlarm alarm = null!;
    private ArmedEnd? end;
    private bool mayRecord = true;
    private bool isHeld;
    private Exception? fault;
    private Task holding = Task.CompletedTask;
    private Task<ArmedEnd> running = null!;

    public void Dispose()
    {
        cancel.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task Wait_NoPause_IsGivenUpAtTheEndOfItsPatienceAndLeavesNothing()
    {
        var wait = Holding();
        running = wait.RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.False(running.IsCompleted);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(ArmedEnd.NotFired, await running);
        await wait.SettleAsync();
        Assert.All(begun, recording => Assert.True(recording.IsDiscarded));
    }

    [Fact]
    public async Task Wait_ForMinutes_HoldsAtMostTwoAndNeverLessThanTheOverlapBeforeNow()
    {
        var wait = Holding();
        running = wait.RunAsync(cancel.Token, stop.Token);
        var ages = new List<TimeSpan>();
        var births = new Dictionary<int, TimeSpan>();
        for (var second = 0; second < 500; second++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            foreach (var recording in begun.Where(recording => !births.ContainsKey(recording.Number))) births[recording.Number] = TimeSpan.FromSeconds(second);
            var held = begun.Where(recording => !recording.IsDiscarded).ToList();
            Assert.InRange(held.Count, 1, 2);
            ages.Add(TimeSpan.FromSeconds(second) - births[held[0].Number]);
        }

        Assert.InRange(begun.Count, 4, 5);
        Assert.All(ages.Skip(10), age => Assert.InRange(age, TimeSpan.FromSeconds(8), Limits.Slice + Limits.Overlap + TimeSpan.FromSeconds(4)));
        await cancel.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Pause_WhileTwoAreHeld_KeepsTheOlderOne()
    {
        var wait = Holding();
        running = wait.RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(Limits.Slice + TimeSpan.FromSeconds(3));
        Assert.Equal(2, begun.Count);
        Ring();

        Assert.Equal(ArmedEnd.Fired, await running);
        Assert.Same(begun[0], wait.Take());
        await wait.SettleAsync();
        Assert.Equal([false, true], begun.Select(recording => recording.IsDiscarded));
        Assert.Equal(812u, wait.Alarm.Pause!.Number);
    }

    [Fact]
    public async Task Held_GrowsFast_GetsItsSuccessorEarlyButNotBeforeTheShortestSlice()
    {
        running = Holding().RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        begun[0].Bytes = 2_000;
        await AdvanceAsync(Limits.ShortestSlice - TimeSpan.FromSeconds(3));
        Assert.Single(begun);
        await AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.Equal(2, begun.Count);
        await cancel.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Held_EndsByItself_EndsTheWaitUnlessASuccessorRuns()
    {
        running = Holding().RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(Limits.Slice + TimeSpan.FromSeconds(3));
        begun[0].End(CaptureEnd.ByteLimit);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((true, false), (begun[0].IsDiscarded, running.IsCompleted));
        begun[1].End(CaptureEnd.ByteLimit);

        Assert.Equal(ArmedEnd.RecordingEnded, await running);
    }

    [Fact]
    public async Task Successor_CannotBegin_IsTriedAgainAndTheHeldOneGoesOn()
    {
        var wait = Holding();
        running = wait.RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(Limits.Slice - TimeSpan.FromSeconds(2));
        fault = new DiagnosticIpcException(DiagnosticFailure.TimedOut, "busy");
        await AdvanceAsync(TimeSpan.FromSeconds(8));
        Assert.Equal((1, false), (begun.Count, running.IsCompleted));
        fault = null;
        await AdvanceAsync(Limits.Overlap + TimeSpan.FromSeconds(2));
        Assert.Equal(2, begun.Count);
        Ring();

        Assert.Equal(ArmedEnd.Fired, await running);
        Assert.Same(begun[0], wait.Held);
    }

    [Fact]
    public async Task Pause_WithoutLeaveToRecord_PassesAndTheNextOneIsWaitedFor()
    {
        mayRecord = false;
        var wait = new ArmedWait(Limits, null, SetAlarm, () => mayRecord, () => isHeld, () => end, time);
        running = wait.RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Ring();
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((1, false), (wait.Passed, running.IsCompleted));
        mayRecord = true;
        Ring();

        Assert.Equal(ArmedEnd.Fired, await running);
        Assert.Null(wait.Held);
    }

    [Fact]
    public async Task Agent_WithoutItsSiloForAMinute_HoldsNothingReadyAndRecordsNoPauseUntilItIsBack()
    {
        var holds = new CaptureHolds(time);
        holds.Connected(null);
        var wait = new ArmedWait(Limits, Hold, SetAlarm, () => mayRecord, () => holds.Refuse("service") is not null, () => end, time);
        running = wait.RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        holds.Heard();
        holds.Disconnected(TimeSpan.FromSeconds(30));
        await AdvanceAsync(TimeSpan.FromSeconds(60));
        Assert.False(Assert.Single(begun).IsDiscarded);

        await AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.True(Assert.Single(begun).IsDiscarded);
        Ring();
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 1, false), (begun.Count, wait.Passed, running.IsCompleted));

        holds.Connected(null);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Ring();
        Assert.Equal(ArmedEnd.Fired, await running);
        Assert.Same(begun[1], wait.Held);
    }

    /// <summary>All agents begin again in the second in which the silo is back.</summary>
    [Fact]
    public async Task Target_BusyWhenTheHoldEnds_IsHeldAgainALittleLater()
    {
        var wait = Holding();
        running = wait.RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        isHeld = true;
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        (fault, isHeld) = (new DiagnosticIpcException(DiagnosticFailure.TimedOut, "busy"), false);
        await AdvanceAsync(TimeSpan.FromSeconds(3));
        Assert.Equal((1, false), (begun.Count, running.IsCompleted));

        fault = null;
        await AdvanceAsync(Limits.Overlap + TimeSpan.FromSeconds(2));
        Ring();

        Assert.Equal(ArmedEnd.Fired, await running);
        Assert.Same(begun[1], wait.Held);
    }

    [Fact]
    public async Task Hold_WhileItWaits_ThrowsAwayWhatIsHeld()
    {
        running = Holding().RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(Limits.Slice + TimeSpan.FromSeconds(3));
        Assert.Equal(2, begun.Count);
        isHeld = true;
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.All(begun, recording => Assert.True(recording.IsDiscarded));
        await cancel.CancelAsync();
        Assert.Equal(ArmedEnd.Cancelled, await running);
        Assert.Equal(2, begun.Count);
    }

    [Fact]
    public async Task Target_Ends_EndsTheWait()
    {
        running = Holding().RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        end = ArmedEnd.TargetGone;
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(ArmedEnd.TargetGone, await running);
    }

    [Fact]
    public async Task Policy_ForbidsItByTheTimeThePauseComes_EndsTheWaitAndKeepsNothing()
    {
        var wait = Holding();
        running = wait.RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        end = ArmedEnd.RefusedByPolicy;
        Ring();

        Assert.Equal(ArmedEnd.RefusedByPolicy, await running);
        await wait.SettleAsync();
        Assert.True(Assert.Single(begun).IsDiscarded);
    }

    [Theory]
    [InlineData(false, "Cancelled")]
    [InlineData(true, "AgentStopping")]
    public async Task Wish_ToStop_EndsTheWaitAtOnce(bool isAgent, string expected)
    {
        var wait = Holding();
        running = wait.RunAsync(cancel.Token, stop.Token);
        await (isAgent ? stop : cancel).CancelAsync();

        Assert.Equal(expected, (await running).ToString());
        await wait.SettleAsync();
        Assert.True(Assert.Single(begun).IsDiscarded);
    }

    /// <summary>A target in a long pause answers late: the pause is told of when the recording has begun behind it.</summary>
    [Fact]
    public async Task Pause_BeforeTheRecordingBeganAgain_IsNotPassedOffAsItsOwn()
    {
        running = Holding().RunAsync(cancel.Token, stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        isHeld = true;
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        isHeld = false;
        var answer = new TaskCompletionSource();
        holding = answer.Task;
        time.Advance(TimeSpan.FromSeconds(1));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Ring();
        var asleep = time.NextTimer;
        answer.SetResult();
        await Task.WhenAny(asleep, running).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.False(running.IsCompleted);

        Ring();
        Assert.Equal(ArmedEnd.Fired, await running);
    }

    private ArmedWait Holding() => new(Limits, Hold, SetAlarm, () => mayRecord, () => isHeld, () => end, time);

    private async Task<IHeldRecording> Hold()
    {
        if (fault is not null) throw fault;
        if (!holding.IsCompleted) asked.TrySetResult();
        await holding;
        begun.Add(new PlayedRecording(begun.Count));
        return begun[^1];
    }

    private PauseAlarm SetAlarm() => alarm = new PauseAlarm(50, time.GetUtcNow());

    private void Ring()
    {
        var now = time.GetUtcNow().AddSeconds(1);
        alarm.See(new GcPause(812, 2, PauseKind.Blocking, GcReason.Induced, 0, 0, 143, 1, 0, false), GcCause.Induced, now);
    }

    /// <summary>Second by second; the wait looks at everything in each before the next one comes.</summary>
    private async Task AdvanceAsync(TimeSpan span)
    {
        for (var second = 0; second < span.TotalSeconds; second++)
        {
            var asleep = time.NextTimer;
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(asleep, running).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }
}

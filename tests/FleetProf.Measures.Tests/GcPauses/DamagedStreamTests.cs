using CsCheck;

namespace FleetProf.Measures.Tests.GcPauses;

/// <summary>Streams of a known truth, in which events are missing or doubled: what is told must be true, the rest missed.</summary>
public class DamagedStreamTests
{
    [Fact]
    public void Stream_Whole_TellsEveryPauseAndMissesNone() => Gen.Int.Sample(seed =>
    {
        var truth = TrueStream.Make(new Random(seed), collections: 40, sharesStops: true);
        var script = truth.Play(truth.Events);
        Assert.Equal(truth.Pauses.Order(), script.Pauses.Select(TrueStream.Key).Order());
        Assert.Equal(truth.OtherMs, script.Others.Sum());
        Assert.Equal(0, script.Missed);
        Assert.Equal(40, script.Gcs.Count);
    });

    [Fact]
    public void Stream_EventsDoubled_TellsTheSame() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var truth = TrueStream.Make(random, collections: 40, sharesStops: true);
        var doubled = truth.Events.SelectMany(one => random.Next(10) == 0 ? new[] { one, one } : [one]).ToList();
        var script = truth.Play(doubled);
        Assert.Equal(truth.Pauses.Order(), script.Pauses.Select(TrueStream.Key).Order());
        Assert.Equal(0, script.Missed);
    });

    [Fact]
    public void Stream_OneEventMissing_TellsNoFalsePause() => Gen.Select(Gen.Int, Gen.Int[0, 10_000]).Sample((seed, which) =>
    {
        var truth = TrueStream.Make(new Random(seed), collections: 20);
        var left = truth.Events.ToList();
        left.RemoveAt(which % left.Count);
        AssertTrue(truth, truth.Play(left), wholeOnes: 1);
    }, iter: 5_000);

    [Fact]
    public void Stream_ARunOfAThreadsEventsMissing_TellsNoFalsePauseOnceTheLossIsKnown() => Gen.Select(Gen.Int, Gen.Int[0, 10_000], Gen.Int[1, 12]).Sample((seed, which, length) =>
    {
        var truth = TrueStream.Make(new Random(seed), collections: 20, sharesStops: true);
        var from = which % truth.Events.Count;
        var thread = truth.Events[from].Thread;
        var lost = truth.Events.Skip(from).Where(one => one.Thread == thread).Take(length).ToHashSet(ReferenceEqualityComparer.Instance);
        var left = new List<TrueStream.Event>();
        var isAfterLoss = false;
        foreach (var one in truth.Events)
        {
            if (lost.Contains(one))
            {
                isAfterLoss = true;
                continue;
            }
            left.Add(isAfterLoss && one.Thread == thread ? one with { IsAfterLoss = true } : one);
            isAfterLoss &= one.Thread != thread;
        }
        // Twelve events of a thread can be all that it says of the starts of four collections in a row.
        AssertTrue(truth, truth.Play(left), wholeOnes: 4);
    }, iter: 5_000);

    private static void AssertTrue(TrueStream truth, PauseScript script, int wholeOnes)
    {
        var known = truth.Pauses.ToHashSet();
        Assert.All(script.Pauses, pause => Assert.Contains(TrueStream.Key(pause), known));
        var pausesOf = truth.Pauses.GroupBy(pause => pause.Number).ToDictionary(group => group.Key, group => group.Sum(pause => pause.PauseMs));
        Assert.All(script.Gcs, gc => Assert.Equal(pausesOf[gc.Number], gc.PauseMs));
        // Lost as a whole before the first or after the last one seen, a collection leaves no trace; no other does.
        Assert.InRange(script.Gcs.Count + script.Missed, truth.CollectionCount - wholeOnes, truth.CollectionCount);
    }
}

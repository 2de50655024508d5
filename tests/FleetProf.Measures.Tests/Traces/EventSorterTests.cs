using CsCheck;
using FleetProf.Measures.Traces;

namespace FleetProf.Measures.Tests.Traces;

public class EventSorterTests
{
    private static readonly NettraceEventType Type = new(1, "P", 1, "", 0, 1, 4);

    [Fact]
    public void Events_BatchesSortedPerThread_ComeOutInTheOrderOfTime() =>
        Gen.Select(Gen.Long[0, 10_000].Array[0, 200], Gen.Int[1, 5], Gen.Int[1, 6], Gen.Int).Sample((ticks, threads, batches, seed) =>
        {
            var random = new Random(seed);
            var sink = new CollectingSink();
            var sorter = new EventSorter(sink);
            foreach (var batch in ticks.Order().Chunk(ticks.Length / batches + 1))
                WriteBatchAsTheRuntimeDoes(sorter, batch, threads, random);
            sorter.Flush();
            Assert.Equal(ticks.Order(), sink.Events.Select(e => e.Event.Ticks));
            Assert.All(sink.Events, e => Assert.Equal(BitConverter.GetBytes(e.Event.Ticks), e.Event.Payload));
            Assert.Equal(0, sorter.HeldEvents);
        });

    /// <summary>Equal times, several threads, parts that go backwards, marks that lie, releases of a part, sequence points.</summary>
    [Fact]
    public void Events_AnyStream_ComeOutAsFromAStableSort() =>
        Gen.Select(Gen.Long[0, 40], Gen.Int[1, 4], Gen.Int[0, 9]).List[0, 120].Sample(steps =>
        {
            var (sink, naive) = (new CollectingSink(), new NaiveSorter());
            var sorter = new EventSorter(sink);
            for (var i = 0; i < steps.Count; i++)
            {
                var (ticks, thread, kind) = steps[i];
                Step(sorter, kind, ticks, thread, payload: i);
                Step(naive, kind, ticks, thread, payload: i);
                Assert.Equal(naive.Delivered, sink.Events.Select(e => (e.Event.Ticks, e.Event.Thread, BitConverter.ToInt32(e.Event.Payload))));
                Assert.Equal(naive.HeldEvents, sorter.HeldEvents);
            }
        });

    [Fact]
    public void Events_EachOlderThanTheOneBefore_AreSortedInLittleTime()
    {
        var sink = new CollectingSink();
        var sorter = new EventSorter(sink);
        const int Count = 60_000;
        for (var i = Count; i > 0; i--) Give(sorter, i, 1, isSorted: false);
        sorter.Flush();
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (long)i), sink.Events.Select(e => e.Event.Ticks));
    }

    [Fact]
    public void Events_ReleasedLittleByLittle_KeepTheirPayloadsAndLittleMemory()
    {
        var sink = new CountingSink();
        var sorter = new EventSorter(sink);
        var payload = new byte[60_000];
        // A thread far behind: each of its events releases one of the other's, and a hundred of those always wait.
        for (var i = 0; i < 100; i++) sorter.OnEvent(new NettraceEvent(Type, i, 1, 0, false, payload));
        for (var i = 0; i < 1_000; i++)
        {
            sorter.Pass(i);
            sorter.OnEvent(new NettraceEvent(Type, i + 100, 1, 0, false, payload));
        }
        Assert.Equal(101, sorter.HeldEvents);
        Assert.Equal(999, sink.Count);
    }

    [Fact]
    public void Events_TargetThrows_AreNotDeliveredTwice()
    {
        var sink = new ThrowingSink(at: 6);
        var sorter = new EventSorter(sink);
        foreach (var ticks in new[] { 5L, 7, 9, 4, 6, 8 }) Give(sorter, ticks, 1, isSorted: false);
        Assert.Throws<InvalidOperationException>(sorter.Flush);
        sorter.Flush();
        Assert.Equal([4L, 5, 6, 7, 8, 9], sink.Ticks);
        Assert.Equal(0, sorter.HeldEvents);
    }

    [Fact]
    public void Events_NothingSaysMoreMayNotCome_AreHeldUntilFlush()
    {
        var sink = new CollectingSink();
        var sorter = new EventSorter(sink);
        Give(sorter, 5, 1, isSorted: true);
        Give(sorter, 7, 1, isSorted: false);
        Assert.Empty(sink.Events);
        Give(sorter, 6, 2, isSorted: true);
        Assert.Equal([5L], sink.Events.Select(e => e.Event.Ticks));
        sorter.Flush();
        Assert.Equal([5L, 6, 7], sink.Events.Select(e => e.Event.Ticks));
    }

    [Fact]
    public void SequencePoint_HeldEvents_ComeBeforeIt()
    {
        var sink = new CollectingSink();
        var sorter = new EventSorter(sink);
        Give(sorter, 5, 1, isSorted: false);
        sorter.OnSequencePoint(6);
        Assert.Single(sink.Events);
        Assert.Equal([6L], sink.SequencePoints);
    }

    [Fact]
    public void Events_EqualTimes_KeepTheOrderOfArrival()
    {
        var sink = new CollectingSink();
        var sorter = new EventSorter(sink);
        for (var thread = 1; thread <= 50; thread++) Give(sorter, 5, thread, isSorted: false);
        sorter.Flush();
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), sink.Events.Select(e => e.Event.Thread));
    }

    [Fact]
    public void Events_NeverSorted_AreReleasedBeforeMemoryGrows()
    {
        var sink = new CountingSink();
        var sorter = new EventSorter(sink);
        for (var i = 0; i < 200_000; i++) Give(sorter, i, 1, isSorted: false);
        Assert.InRange(sorter.HeldEvents, 0, 65_536);
        sorter.Flush();
        Assert.Equal(200_000, sink.Count);
    }

    [Theory]
    [InlineData(100, 1 << 20, 100)]
    [InlineData(10_000, 80, 11)]
    public void Events_NeverSorted_KeepToTheLimitsGiven(int events, int bytes, int mostHeld)
    {
        var sink = new CountingSink();
        var sorter = new EventSorter(sink, new TraceLimits { HeldEvents = events, HeldBytes = bytes });
        for (var i = 0; i < 1_000; i++)
        {
            Give(sorter, i, 1, isSorted: false);
            Assert.InRange(sorter.HeldEvents, 1, mostHeld);
        }
        sorter.Flush();
        Assert.Equal(1_000, sink.Count);
    }

    [Fact]
    public void Events_SteadyBatches_AllocateNothing()
    {
        var sorter = new EventSorter(new CountingSink());
        void Batch(int batch)
        {
            for (var i = 0; i < 100; i++) sorter.OnEvent(new NettraceEvent(Type, batch * 1000 + i, 1, 0, i == 0, default));
        }
        for (var batch = 0; batch < 10; batch++) Batch(batch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var batch = 10; batch < 20; batch++) Batch(batch);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    private static void Step(INettraceSink sorter, int kind, long ticks, int thread, int payload)
    {
        switch (kind)
        {
            case 0:
                sorter.OnSequencePoint(ticks);
                break;
            case 1 when sorter is EventSorter real:
                real.Pass(ticks);
                break;
            case 1:
                ((NaiveSorter)sorter).Release(ticks);
                break;
            default:
                sorter.OnEvent(new NettraceEvent(Type, ticks, thread, 0, isSorted: kind == 2, BitConverter.GetBytes(payload)));
                break;
        }
    }

    // Thread by thread, each thread's part in order; the first event written of a thread is the oldest still unwritten one.
    private static void WriteBatchAsTheRuntimeDoes(EventSorter sorter, long[] batch, int threads, Random random)
    {
        var parts = batch.GroupBy(_ => random.Next(threads)).Select(part => (Thread: part.Key + 1, Ticks: part.ToArray())).OrderBy(part => part.Ticks[0]).ToList();
        foreach (var (thread, ticks) in parts)
            for (var i = 0; i < ticks.Length; i++)
                Give(sorter, ticks[i], thread, isSorted: i == 0);
    }

    private static void Give(EventSorter sorter, long ticks, long thread, bool isSorted) =>
        sorter.OnEvent(new NettraceEvent(Type, ticks, thread, 0, isSorted, BitConverter.GetBytes(ticks)));

    private sealed class CountingSink : INettraceSink
    {
        public int Count { get; private set; }

        public void OnEvent(in NettraceEvent traceEvent) => Count++;
    }

    private sealed class ThrowingSink(long at) : INettraceSink
    {
        public List<long> Ticks { get; } = [];

        public void OnEvent(in NettraceEvent traceEvent)
        {
            Ticks.Add(traceEvent.Ticks);
            if (traceEvent.Ticks == at) throw new InvalidOperationException();
        }
    }

    /// <summary>The same by a list that is sorted anew each time.</summary>
    private sealed class NaiveSorter : INettraceSink
    {
        private readonly List<(long Ticks, long Thread, int Payload)> held = [];

        public List<(long Ticks, long Thread, int Payload)> Delivered { get; } = [];

        public int HeldEvents => held.Count;

        public void OnEvent(in NettraceEvent traceEvent)
        {
            if (traceEvent.IsSorted) Release(traceEvent.Ticks);
            held.Add((traceEvent.Ticks, traceEvent.ThreadId, BitConverter.ToInt32(traceEvent.Payload)));
        }

        public void OnSequencePoint(long ticks) => Release(long.MaxValue);

        // OrderBy keeps the order of equal ones.
        public void Release(long before)
        {
            Delivered.AddRange(held.Where(e => e.Ticks < before).OrderBy(e => e.Ticks));
            held.RemoveAll(e => e.Ticks < before);
        }
    }
}

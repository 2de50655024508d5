using CsCheck;
using FleetProf.Measures.Traces;
using FleetProf.TestKit.Traces;
using Microsoft.Diagnostics.Tracing;

namespace FleetProf.Measures.Tests.Traces;

public class NettraceReaderTests
{
    private static readonly DateTime SyncTime = new(2026, 3, 4, 5, 6, 7, 89, DateTimeKind.Utc);

    private static readonly Gen<WrittenEvent> AnyEvent =
        Gen.Select(Gen.Int[1, 3], Gen.Long[0, long.MaxValue / 2], Gen.Long[1, 5], Gen.Byte.Array[0, 40], Gen.Int[0, 5], Gen.Bool)
            .Select((type, ticks, thread, payload, stack, isSorted) => new WrittenEvent(type, ticks, thread, 0, payload, stack, isSorted));

    [Fact]
    public void Read_AnyEventsInAnyPieces_DeliversThemUnchanged() =>
        Gen.Select(AnyEvent.List[0, 40], Gen.Bool, Gen.Int[1, 70], Gen.Int).Sample((events, isCompressed, largestPiece, seed) =>
        {
            var random = new Random(seed);
            var numbered = Number(events);
            var sink = new CollectingSink();
            var reader = CollectingSink.Read(Stream(numbered, isCompressed), sink, () => random.Next(1, largestPiece + 1));
            reader.Complete();
            Assert.Equal(numbered.Count, sink.Events.Count);
            foreach (var (written, (type, read)) in numbered.Zip(sink.Events))
            {
                Assert.Equal((written.MetadataId, written.Ticks, written.Thread, written.StackId, written.IsSorted), (read.MetadataId, read.Ticks, read.Thread, read.StackId, read.IsSorted));
                Assert.Equal(written.Payload, read.Payload);
                Assert.Equal(($"Provider{type.MetadataId % 2}", type.MetadataId * 10), (type.Provider, type.EventId));
            }
            Assert.Equal(0, reader.LostEvents);
        });

    [Fact]
    public void Read_WrittenStream_IsWhatTraceEventReadsToo()
    {
        var events = Number([.. Enumerable.Range(1, 50).Select(i => new WrittenEvent(1 + i % 3, i * 1000, i % 4 + 1, 0, new byte[i % 7], 0, i % 5 == 0))]);
        using var source = new EventPipeEventSource(new MemoryStream(Stream(events, isCompressed: true)));
        var count = 0;
        source.Dynamic.All += _ => count++;
        source.AllEvents += _ => { };
        source.UnhandledEvents += _ => count++;
        source.Process();
        Assert.Equal(events.Count, count);
        Assert.Equal(SyncTime, source.SessionStartTime.ToUniversalTime());
    }

    [Fact]
    public void Clock_Head_MapsTicksToTimeAndBack()
    {
        var sink = new CollectingSink();
        CollectingSink.Read(Stream([], true), sink, () => 7);
        var clock = sink.Clock!;
        Assert.Equal(new DateTimeOffset(SyncTime.AddSeconds(1.5)), clock.ToTime(5_000 + 1_500_000_000));
        Assert.Equal(5_000 + 1_500_000_000, clock.ToTicks(new DateTimeOffset(SyncTime.AddSeconds(1.5))));
        Assert.Equal(DateTimeOffset.MaxValue, (clock with { TicksPerSecond = 1 }).ToTime(long.MaxValue));
        Assert.Equal(DateTimeOffset.MinValue, (clock with { TicksPerSecond = 1 }).ToTime(long.MinValue));
        Assert.True(clock.ToTime(long.MinValue) < new DateTimeOffset(SyncTime));
    }

    [Fact]
    public void Clock_NearTheEndsOfTheCalendar_StaysInIt()
    {
        var late = new TraceClock(new DateTimeOffset(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero), 0, 1_000_000_000, 8, 1, 1);
        Assert.Equal(DateTimeOffset.MaxValue, late.ToTime(11_000_000));
        Assert.Equal(late.SyncTime.AddSeconds(-10), late.ToTime(-10_000_000_000));
        Assert.Equal(10_000_000_000, late.ToTicks(new DateTimeOffset(SyncTime.AddSeconds(10)), new DateTimeOffset(SyncTime) - late.SyncTime));
        var early = late with { SyncTime = DateTimeOffset.MinValue };
        Assert.Equal(DateTimeOffset.MinValue, early.ToTime(-11_000_000));
        Assert.Equal(early.SyncTime.AddSeconds(10), early.ToTime(10_000_000_000));
    }

    [Fact]
    public void LostEvents_GapsInNumbersAndAtSequencePoints_AreCounted()
    {
        var stream = Types(new NettraceWriter(SyncTime, 0))
            .Events(true, new WrittenEvent(1, 1, 7, 1, []), new WrittenEvent(1, 2, 7, 5, []), new WrittenEvent(1, 2, 8, 1, []))
            .SequencePoint(10, (7, 6), (8, 1), (9, 4))
            .Events(true, new WrittenEvent(1, 11, 7, 7, []), new WrittenEvent(1, 12, 8, 2, []), new WrittenEvent(1, 13, 7, 1, []))
            .End().ToArray();
        var reader = CollectingSink.Read(stream, new CollectingSink(), () => 100);
        // 2, 3, 4 and 6 of thread 7, and all four of thread 9; the 1 at the end is a new thread with an old id.
        Assert.Equal(3 + 1 + 4, reader.LostEvents);
    }

    [Fact]
    public void LostEvents_ThreadsInAnyTurns_AreCountedPerThread() =>
        Gen.Select(Gen.Long[1, 4], Gen.UInt[1, 3]).List[1, 60].Sample(steps =>
        {
            var (numbers, lost) = (new Dictionary<long, uint>(), 0L);
            var events = new List<WrittenEvent>();
            foreach (var (thread, step) in steps)
            {
                var before = numbers.GetValueOrDefault(thread);
                // A number 1 is a new thread with an old id; here all go on, so the first is 1 and later ones are not.
                numbers[thread] = before == 0 ? 1 : before + step;
                if (before > 0) lost += step - 1;
                events.Add(new WrittenEvent(1, events.Count, thread, numbers[thread], []));
            }
            var reader = CollectingSink.Read(Types(new NettraceWriter(SyncTime, 0)).Events(true, events).End().ToArray(), new CollectingSink(), () => 100);
            Assert.Equal(lost, reader.LostEvents);
        });

    [Fact]
    public void Read_EventTypesWithAnyNumber_AreFound()
    {
        int[] numbers = [1, 63, 64, 4_095, 4_096, 1_000_000, 7];
        var writer = new NettraceWriter(SyncTime, 0);
        foreach (var number in numbers) writer.EventType(number, "P", number % 1_000);
        var sink = new CollectingSink();
        CollectingSink.Read(writer.Events(true, Number([.. numbers.Select(number => new WrittenEvent(number, 1, 1, 0, []))])).End().ToArray(), sink, () => 100).Complete();
        Assert.Equal(numbers.Select(number => (number, number % 1_000)), sink.Events.Select(e => (e.Type.MetadataId, e.Type.EventId)));
    }

    [Fact]
    public void Read_StacksAndUnknownBlocks_AreDeliveredOrSkipped()
    {
        var stream = new NettraceWriter(SyncTime, 0).Block("FutureBlock", new byte[100_001]).Stacks(5, [1, 2, 3, 4, 5, 6, 7, 8], []).SequencePoint(3).End().ToArray();
        var wanting = new CollectingSink { WantsStacks = true };
        CollectingSink.Read(stream, wanting, () => 1000).Complete();
        Assert.Equal([5, 6], wanting.Stacks.Select(stack => stack.Id));
        Assert.Equal(8, wanting.Stacks[0].Addresses.Length);
        var other = new CollectingSink();
        CollectingSink.Read(stream, other, () => 1000).Complete();
        Assert.Empty(other.Stacks);
        Assert.Equal([3L], other.SequencePoints);
    }

    [Fact]
    public void Complete_StreamCut_IsNamedTruncated()
    {
        var stream = Stream(Number([new WrittenEvent(1, 1, 1, 0, [1, 2, 3])]), true);
        var reader = CollectingSink.Read(stream.AsSpan(0, stream.Length - 3), new CollectingSink(), () => 50);
        Assert.Equal(NettraceError.Truncated, Assert.Throws<NettraceFormatException>(reader.Complete).Error);
    }

    private static List<WrittenEvent> Number(List<WrittenEvent> events)
    {
        var last = new Dictionary<long, uint>();
        return [.. events.Select(e => e with { Sequence = last[e.Thread] = last.GetValueOrDefault(e.Thread) + 1 })];
    }

    private static NettraceWriter Types(NettraceWriter writer) =>
        writer.EventType(1, "Provider1", 10).EventType(2, "Provider0", 20).EventType(3, "Provider1", 30, "Named");

    private static byte[] Stream(List<WrittenEvent> events, bool isCompressed)
    {
        var half = events.Count / 2;
        return Types(new NettraceWriter(SyncTime, 5_000))
            .Events(isCompressed, events[..half]).Stacks(1, [1, 2, 3, 4]).Events(isCompressed, events[half..])
            .End().ToArray();
    }
}

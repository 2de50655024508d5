using System.Buffers.Binary;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Tests.Traces;
using FleetProf.Measures.Traces;
using FleetProf.TestKit.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses.Events;

public class GcEventFilterTests
{
    private const int OtherEvent = 500;
    private const int Statistics = 4;
    private static readonly DateTime SyncTime = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Collections_AmongOtherEvents_AreTheSameAsWithoutTheFilter()
    {
        var trace = new WrittenGcs(SyncTime, 0).Collection(1, 5_000_000).Event(OtherEvent, 20_000_000, new byte[60_000], isSorted: true).Collection(2, 30_000_000).ToArray();
        var (whole, filtered) = (PauseCollection.Read(trace), Filtered(trace));
        Assert.Equal([1, 2], filtered.Gcs.Select(gc => gc.Number));
        Assert.Equal(whole.Gcs, filtered.Gcs);
        Assert.Equal(whole.Pauses, filtered.Pauses);
    }

    [Fact]
    public void Loss_ToldByAnEventThatIsLeftOut_IsStillKnown()
    {
        var start = new byte[26];
        BinaryPrimitives.WriteInt32LittleEndian(start, 1);
        var trace = new WrittenGcs(SyncTime, 0).Event(9, 0, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Event(8, 1_000_000, []).Event(1, 2_000_000, start).Event(2, 3_000_000, start[..10])
            .Lose(7).Event(OtherEvent, 90_000_000, new byte[26]).Event(3, 91_000_000, []).Collection(3, 100_000_000).ToArray();
        var (whole, filtered) = (PauseCollection.Read(trace), Filtered(trace));
        Assert.Equal(whole.Gcs.Select(gc => gc.Number), filtered.Gcs.Select(gc => gc.Number));
        Assert.Equal(whole.Missed, filtered.Missed);
        Assert.True(filtered.Missed > 0);
    }

    [Fact]
    public void Events_OfNoCollection_AreLeftOutAndSayThatNothingOlderComes()
    {
        var sink = new CollectingSink();
        var filter = new GcEventFilter(new EventSorter(sink));
        var known = new NettraceEventType(1, GcEventDecoder.Provider, Statistics, "", 0, 1, 4);
        var other = known with { MetadataId = 2, EventId = 10 };
        var foreign = known with { MetadataId = 3, Provider = "Somebody" };
        filter.OnEvent(new NettraceEvent(known, 5, 7, 0, false, new byte[60_000]));
        filter.OnEvent(new NettraceEvent(foreign, 6, 7, 0, false, new byte[60_000]));
        Assert.Empty(sink.Events);
        filter.OnEvent(new NettraceEvent(other, 7, 7, 0, true, new byte[60_000]));
        var (type, kept) = Assert.Single(sink.Events);
        Assert.Equal((known, 5L), (type, kept.Ticks));
        Assert.InRange(kept.Payload.Length, 1_366, 4_096);
    }

    private static PauseCollection Filtered(byte[] trace)
    {
        var collection = new PauseCollection();
        var sorter = new EventSorter(new GcEventDecoder(collection));
        new NettraceReader(new GcEventFilter(sorter)).Read(trace);
        sorter.Flush();
        return collection;
    }
}

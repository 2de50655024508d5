using System.Buffers.Binary;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.TestKit.Traces;

namespace FleetProf.TestKit.GcPauses;

/// <summary>Writes traces of blocking collections as a runtime would, one event type per runtime event id.</summary>
public sealed class WrittenGcs
{
    private static readonly int[] Ids = [1, 2, 3, 4, 7, 8, 9, 35, 39, 202, 204, 205];
    private readonly NettraceWriter writer;
    private uint sequence;

    public WrittenGcs(DateTime syncTime, long syncTicks)
    {
        writer = new NettraceWriter(syncTime, syncTicks);
        foreach (var id in Ids) writer.EventType(id, GcEventDecoder.Provider, id);
        writer.EventType(500, "Some-Other-Provider", 1);
    }

    /// <summary>A generation 0 collection whose pause takes ten milliseconds from <paramref name="ticks"/> (nanoseconds) on.</summary>
    public WrittenGcs Collection(int number, long ticks)
    {
        var start = new byte[26];
        BinaryPrimitives.WriteInt32LittleEndian(start, number);
        Event(9, ticks, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], isSorted: true);
        Event(8, ticks + 1_000_000, []);
        Event(1, ticks + 2_000_000, start);
        Event(2, ticks + 8_000_000, start[..10]);
        Event(4, ticks + 8_000_000, new byte[110]);
        Event(7, ticks + 9_000_000, []);
        return Event(3, ticks + 10_000_000, []);
    }

    /// <summary>Leaves out numbers, as a runtime does that has no room for events.</summary>
    public WrittenGcs Lose(uint events)
    {
        sequence += events;
        return this;
    }

    public WrittenGcs Event(int id, long ticks, byte[] payload, bool isSorted = false)
    {
        writer.Events(true, new WrittenEvent(id, ticks, 7, ++sequence, payload, IsSorted: isSorted));
        return this;
    }

    public byte[] ToArray(bool hasEnd = true) => hasEnd ? writer.SequencePoint(long.MaxValue, (7, sequence)).End().ToArray() : writer.ToArray();
}

using System.Buffers.Binary;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.TestKit.Traces;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

/// <summary>Writes traces of blocking collections as a runtime would, one event type per runtime event id.</summary>
internal sealed class WrittenGcs
{
    private static readonly int[] Ids = [1, 2, 3, 4, 7, 8, 9, 39, 204];
    private readonly NettraceWriter writer;
    private uint sequence;

    public WrittenGcs(DateTime syncTime, long syncTicks)
    {
        writer = new NettraceWriter(syncTime, syncTicks);
        foreach (var id in Ids) writer.EventType(id, TraceProvider.Runtime, id);
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

    public WrittenGcs Event(int id, long ticks, byte[] payload, bool isSorted = false)
    {
        writer.Events(true, new WrittenEvent(id, ticks, 7, ++sequence, payload, IsSorted: isSorted));
        return this;
    }

    public byte[] ToArray(bool hasEnd = true) => hasEnd ? writer.SequencePoint(long.MaxValue, (7, sequence)).End().ToArray() : writer.ToArray();
}

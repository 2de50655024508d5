using FleetProf.Measures.Traces;
using FleetProf.TestKit.Traces;

namespace FleetProf.Measures.Tests.Traces;

/// <summary>Keeps what a reader or sorter delivers.</summary>
internal sealed class CollectingSink : INettraceSink
{
    public List<(NettraceEventType Type, WrittenEvent Event)> Events { get; } = [];

    public List<long> SequencePoints { get; } = [];

    public List<(int Id, byte[] Addresses)> Stacks { get; } = [];

    public TraceClock? Clock { get; private set; }

    public bool WantsStacks { get; init; }

    public void OnStart(TraceClock clock) => Clock = clock;

    public void OnEvent(in NettraceEvent e) =>
        Events.Add((e.Type, new WrittenEvent(e.Type.MetadataId, e.Ticks, e.ThreadId, 0, e.Payload.ToArray(), e.StackId, e.IsSorted)));

    public void OnSequencePoint(long ticks) => SequencePoints.Add(ticks);

    public void OnStack(int stackId, ReadOnlySpan<byte> addresses) => Stacks.Add((stackId, addresses.ToArray()));

    public static NettraceReader Read(ReadOnlySpan<byte> bytes, INettraceSink sink, Func<int> nextPiece)
    {
        var reader = new NettraceReader(sink);
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, nextPiece());
            reader.Read(bytes[..count]);
            bytes = bytes[count..];
        }
        return reader;
    }
}

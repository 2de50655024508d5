using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;

namespace FleetProf.TestKit.GcPauses;

/// <summary>Everything a trace says about pauses, by our own reader, sorter, decoder and tracker.</summary>
public sealed class PauseCollection : IPauseObserver
{
    public List<GcPause> Pauses { get; } = [];

    public List<GcRecord> Gcs { get; } = [];

    public int Missed { get; private set; }

    public List<double> OtherSuspensions { get; } = [];

    public long MalformedEvents { get; private set; }

    public TraceClock? Clock { get; private set; }

    public void OnPause(in GcPause pause) => Pauses.Add(pause);

    public void OnGc(in GcRecord gc) => Gcs.Add(gc);

    public void OnOtherSuspension(long endTicks, double suspensionMs) => OtherSuspensions.Add(suspensionMs);

    public void OnMissedGcs(long ticks, int count) => Missed += count;

    /// <summary>Reads a whole trace in pieces of 1 to <paramref name="largestPiece"/> bytes.</summary>
    public static PauseCollection Read(ReadOnlySpan<byte> trace, int largestPiece = 10_000, int seed = 1)
    {
        var random = new Random(seed);
        var collection = new PauseCollection();
        var decoder = new GcEventDecoder(collection);
        var sorter = new EventSorter(decoder);
        var reader = new NettraceReader(sorter);
        while (!trace.IsEmpty)
        {
            var piece = trace[..Math.Min(trace.Length, random.Next(1, largestPiece + 1))];
            reader.Read(piece);
            trace = trace[piece.Length..];
        }
        sorter.Flush();
        collection.MalformedEvents = decoder.MalformedEvents;
        collection.Clock = reader.Clock;
        return collection;
    }
}

namespace FleetProf.Analysis.Budgets;

/// <summary>From which the stop of a heap snapshot is foretold: it follows the number of objects, not their bytes.</summary>
/// <param name="MicrosecondsPerObject">Stop per object.</param>
/// <param name="BytesPerObject">Mean size of an object.</param>
/// <param name="Snapshots">Earlier snapshots that tell; 0: the most careful of what was measured on shared machines is taken.</param>
public sealed record HeapStallRates(double MicrosecondsPerObject, double BytesPerObject, int Snapshots)
{
    /// <summary>A service changes: what its heap was like before these says little about the next.</summary>
    private const int LatestSnapshots = 10;

    /// <summary>Of a smaller heap the stop says more about the start of a collection than about its objects.</summary>
    private const long LeastObjects = 100_000;

    /// <summary>The least that was measured. Stops and objects are the word of the hosts, and one that lies must not make the heaps of others look harmless.</summary>
    private const double LeastMicroseconds = 0.25;

    /// <summary>The largest mean object that is believed of one other host alone.</summary>
    private const double MostBytes = 500;

    /// <summary>0.25 to 0.9 microseconds were measured, and mean objects of 50 bytes and more.</summary>
    public static HeapStallRates Unknown { get; } = new(0.9, 50, 0);

    /// <summary>The slowest stop and the smallest objects of the latest snapshots that tell: a refusal can be overruled, a stop cannot be taken back.</summary>
    /// <param name="snapshots">Host, measured stop in milliseconds, objects and bytes of earlier snapshots of a service, newest first.</param>
    /// <param name="host">Where the next one is to be.</param>
    public static HeapStallRates Of(IEnumerable<(string Host, double StallMs, long Objects, long Bytes)> snapshots, string host)
    {
        var telling = snapshots.Where(snapshot => snapshot is { StallMs: > 0, Objects: >= LeastObjects, Bytes: > 0 }).Take(LatestSnapshots).ToList();
        if (telling.Count == 0)
        {
            return Unknown;
        }

        var isOfOneOther = telling.All(snapshot => snapshot.Host == telling[0].Host) && telling[0].Host != host;
        return new HeapStallRates(
            Math.Max(LeastMicroseconds, telling.Max(snapshot => snapshot.StallMs * 1_000 / snapshot.Objects)),
            Math.Min(isOfOneOther ? MostBytes : double.MaxValue, telling.Min(snapshot => (double)snapshot.Bytes / snapshot.Objects)),
            telling.Count);
    }
}

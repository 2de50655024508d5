namespace FleetProf.Analysis.Budgets;

/// <summary>From which the stop of a heap snapshot is foretold: it follows the number of objects, not their bytes.</summary>
/// <param name="MicrosecondsPerObject">Stop per object.</param>
/// <param name="BytesPerObject">Mean size of an object.</param>
/// <param name="Snapshots">Earlier snapshots that tell; 0: the most careful of what was measured on shared machines is taken.</param>
public sealed record HeapStallRates(double MicrosecondsPerObject, double BytesPerObject, int Snapshots)
{
    /// <summary>Of a smaller heap the stop says more about the start of a collection than about its objects.</summary>
    private const long LeastObjects = 100_000;

    /// <summary>0.25 to 0.9 microseconds were measured, and mean objects of 50 bytes and more.</summary>
    public static HeapStallRates Unknown { get; } = new(0.9, 50, 0);

    /// <summary>The slowest stop and the smallest objects of the snapshots given: a refusal can be overruled, a stop cannot be taken back.</summary>
    /// <param name="snapshots">Measured stop in milliseconds, objects and bytes of earlier snapshots of a service.</param>
    public static HeapStallRates Of(IEnumerable<(double StallMs, long Objects, long Bytes)> snapshots)
    {
        var telling = snapshots.Where(snapshot => snapshot is { StallMs: > 0, Objects: >= LeastObjects, Bytes: > 0 }).ToList();
        return telling.Count == 0
            ? Unknown
            : new HeapStallRates(telling.Max(snapshot => snapshot.StallMs * 1_000 / snapshot.Objects), telling.Min(snapshot => (double)snapshot.Bytes / snapshot.Objects), telling.Count);
    }
}

namespace FleetProf.Analysis.GcPauses;

/// <summary>One of the longest GCs of a window. <paramref name="Record"/> is what its agent told of it, which nothing here reads.</summary>
/// <param name="InstanceId">Where it ran.</param>
/// <param name="Number">The GC's number in its process.</param>
/// <param name="EndedMs">Unix time.</param>
/// <param name="PauseMs">Sum of its pauses.</param>
/// <param name="Record">Opaque bytes.</param>
public sealed record LongestGc(string InstanceId, long Number, long EndedMs, double PauseMs, byte[] Record)
{
    /// <summary>So many are kept of a service in every roll-up.</summary>
    public const int MostOfService = 20;

    /// <summary>So many are kept of an instance in every roll-up: a record is as large as the sums beside it.</summary>
    public const int MostOfInstance = 5;

    private const int LeastAtOnce = 1_000;

    /// <summary>The longest ones, longest first; the same whatever the order was in which they came.</summary>
    public static IReadOnlyList<LongestGc> Top(IEnumerable<LongestGc> gcs, int count) =>
        [.. gcs.OrderByDescending(gc => gc.PauseMs).ThenBy(gc => gc.EndedMs).ThenBy(gc => gc.InstanceId, StringComparer.Ordinal).ThenBy(gc => gc.Number).Take(count)];

    /// <summary>As <see cref="Top"/>, of more than should be in memory at once: each is taken when its turn comes, and a few thousand are kept meanwhile.</summary>
    public static IReadOnlyList<LongestGc> TopOfMany(IEnumerable<LongestGc> gcs, int count)
    {
        IReadOnlyList<LongestGc> top = [];
        foreach (var some in gcs.Chunk(Math.Max(count, LeastAtOnce))) top = Top(top.Concat(some), count);
        return top;
    }
}

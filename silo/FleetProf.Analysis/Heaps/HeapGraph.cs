namespace FleetProf.Analysis.Heaps;

/// <summary>
/// The objects of a heap snapshot and their references in compressed sparse rows: the references of node n are
/// <c>EdgeTarget[EdgeStart[n]..EdgeStart[n + 1]]</c>. Plain columns, no object per heap object.
/// </summary>
public sealed class HeapGraph
{
    public required IReadOnlyList<HeapType> Types { get; init; }

    /// <summary>Per node: index into <see cref="Types"/>.</summary>
    public required int[] TypeIndex { get; init; }

    /// <summary>Per node: shallow bytes.</summary>
    public required SizeColumn ShallowBytes { get; init; }

    /// <summary>Per node: where the object was when the snapshot was taken.</summary>
    public required IReadOnlyList<ulong> Address { get; init; }

    /// <summary>One entry more than there are nodes.</summary>
    public required int[] EdgeStart { get; init; }

    public required int[] EdgeTarget { get; init; }

    public required IReadOnlyList<HeapRoot> Roots { get; init; }

    public required HeapCompleteness Completeness { get; init; }

    public int PointerBytes { get; init; } = 8;

    public int NodeCount => TypeIndex.Length;

    public int EdgeCount => EdgeTarget.Length;

    public long HeapBytes => ShallowBytes.Total;

    public ReadOnlySpan<int> References(int node) => EdgeTarget.AsSpan(EdgeStart[node], EdgeStart[node + 1] - EdgeStart[node]);
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FleetProf.Measures.GcPauses.Events;

/// <summary>The payloads of the larger GC events. All little-endian; false where a payload is too short or names an impossible count.</summary>
internal static class GcPayloads
{
    private const int FieldsPerGeneration = 10;

    private static ReadOnlySpan<byte> CommittedName => MemoryMarshal.AsBytes("CommittedUsage\0".AsSpan());

    /// <summary>
    /// Event 4: size and promoted bytes of generations 0, 1, 2 and the large object heap; finalization bytes and count; pinned
    /// objects, sync blocks, handles; instance id; since .NET 5 size and promoted bytes of the pinned object heap.
    /// </summary>
    public static bool TryReadStatistics(ReadOnlySpan<byte> payload, out HeapStatistics statistics)
    {
        const int WithPinnedHeapBytes = 110;
        statistics = default;
        if (payload.Length < 92) return false;
        var hasPinnedHeap = payload.Length >= WithPinnedHeapBytes;
        var after = new GenerationBytes(Int64(payload, 0), Int64(payload, 16), Int64(payload, 32), Int64(payload, 48), hasPinnedHeap ? Int64(payload, 94) : 0);
        var promoted = Int64(payload, 8) + Int64(payload, 24) + Int64(payload, 40) + Int64(payload, 56) + (hasPinnedHeap ? Int64(payload, 102) : 0);
        statistics = new HeapStatistics(after, promoted, Int64(payload, 72), Int32(payload, 80), Int32(payload, 88)) { FinalizationPromotedBytes = Int64(payload, 64) };
        return true;
    }

    /// <summary>Event 39 carries many things; this one is a name, the length of the data, the data.</summary>
    public static bool IsCommitted(ReadOnlySpan<byte> payload) => payload.StartsWith(CommittedName);

    /// <summary>Version, then in use, global decommit, free, global free, bookkeeping.</summary>
    public static bool TryReadCommitted(ReadOnlySpan<byte> payload, out long bytes)
    {
        bytes = 0;
        var data = payload[CommittedName.Length..];
        if (data.Length < 4 + 2 + 5 * 8) return false;
        for (var i = 0; i < 5; i++) bytes += Int64(data, 6 + i * 8);
        return true;
    }

    /// <summary>
    /// Event 204, version 3: instance id, six pointer-sized numbers, efficiency, two sets of condemn reasons, two mechanisms, heap index,
    /// a pointer-sized number, a count, and per generation ten pointer-sized numbers: size, free list and free objects before, the same
    /// after, in, pinned and other survivors, budget.
    /// </summary>
    public static bool TryReadHistory(ReadOnlySpan<byte> payload, int pointerBytes, out HeapHistory heap)
    {
        heap = default;
        var start = 2 + 7 * pointerBytes + 6 * 4 + 4;
        if (payload.Length < start) return false;
        var count = Int32(payload, start - 4);
        if (count is < 4 or > 16 || payload.Length < start + count * FieldsPerGeneration * pointerBytes) return false;
        var cells = new Cells(payload[start..], pointerBytes, count);
        heap = new HeapHistory(cells.Column(0), cells.Column(1) + cells.Column(2), cells.Column(3), cells.Column(4) + cells.Column(5))
        {
            PinnedSurvivedBytes = cells.Column(7).Total,
            SurvivedBytes = cells.Column(8).Total,
            Budget = cells.Column(9),
            Reasons = (CondemnReasons)unchecked((uint)Int32(payload, 2 + 6 * pointerBytes + 8)),
        };
        return true;
    }

    /// <summary>
    /// Event 205: youngest budget, heaps, generation, gen0 reductions, reason, mechanisms, instance id; pause mode and memory load since
    /// version 2; condemn reasons since 3; since 4 a count and that many times in microseconds: five of marking (sized references, roots,
    /// short weak, finalization, long weak), planning, relocating or sweeping, compacting.
    /// </summary>
    public static bool TryReadGlobal(ReadOnlySpan<byte> payload, out GlobalHistory history)
    {
        const int MemoryLoad = 34, Reasons = 42, Count = 46, Times = 50, MaxTimes = 64;
        history = default;
        if (payload.Length < 30) return false;
        var isCompacting = (Int32(payload, 24) & 2) != 0;
        history = new GlobalHistory(
            Int32(payload, 8),
            payload.Length >= Count ? (CondemnReasons)unchecked((uint)Int32(payload, Reasons)) : CondemnReasons.None,
            isCompacting,
            payload.Length >= MemoryLoad + 4 ? Int32(payload, MemoryLoad) : 0,
            default);
        if (payload.Length < Times) return true;
        var count = Int32(payload, Count);
        if (count is < 0 or > MaxTimes || payload.Length < Times + count * 4) return false;
        history = history with { Phases = ReadPhases(payload[Times..], count, isCompacting) };
        return true;
    }

    private static GcPhases ReadPhases(ReadOnlySpan<byte> times, int count, bool isCompacting)
    {
        var marking = 0.0;
        for (var i = 0; i < 5; i++) marking += Time(times, count, i);
        return new GcPhases(
            marking,
            Time(times, count, 3),
            Time(times, count, 5),
            isCompacting ? Time(times, count, 6) : 0,
            isCompacting ? Time(times, count, 7) : 0,
            isCompacting ? 0 : Time(times, count, 6));
    }

    private static double Time(ReadOnlySpan<byte> times, int count, int index) =>
        index < count ? unchecked((uint)Int32(times, index * 4)) / 1000.0 : 0;

    public static int Int32(ReadOnlySpan<byte> payload, int offset) => BinaryPrimitives.ReadInt32LittleEndian(payload[offset..]);

    public static long Int64(ReadOnlySpan<byte> payload, int offset) => BinaryPrimitives.ReadInt64LittleEndian(payload[offset..]);

    private readonly ref struct Cells(ReadOnlySpan<byte> generations, int pointerBytes, int count)
    {
        private readonly ReadOnlySpan<byte> generations = generations;

        public GenerationBytes Column(int field) => new(Cell(0, field), Cell(1, field), Cell(2, field), Cell(3, field), count > 4 ? Cell(4, field) : 0);

        private long Cell(int generation, int field)
        {
            var offset = (generation * FieldsPerGeneration + field) * pointerBytes;
            return pointerBytes == 8 ? Int64(generations, offset) : unchecked((uint)Int32(generations, offset));
        }
    }
}

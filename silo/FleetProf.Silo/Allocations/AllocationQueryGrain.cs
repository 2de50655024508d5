using FleetProf.Analysis.Captures;
using FleetProf.Contracts.Allocations;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Heaps;
using Orleans.Concurrency;
using Dual = FleetProf.Analysis.Allocations.Dual;

namespace FleetProf.Silo.Allocations;

/// <summary>Puts stored results of allocation captures beside those of heap snapshots. Not more than two at once: the largest table takes hundreds of MB while it is read.</summary>
[StatelessWorker(2)]
internal sealed class AllocationQueryGrain(StoredAllocations allocations, StoredHeaps heaps, CaptureTable captures) : Grain, IAllocationQueryGrain
{
    private const int MaxRows = 1_000;

    public async Task<DualView?> DualAsync(string allocCaptureId, string heapCaptureId, CancellationToken cancellationToken = default)
    {
        if (await allocations.ReadAsync(allocCaptureId, cancellationToken) is not { } allocated)
        {
            return null;
        }

        var isLossy = await captures.FindAsync(allocCaptureId, cancellationToken) is { Summary: { } summary } && EventLoss.IsMuch(summary.EventCount - summary.RundownEventCount, summary.LostEvents);
        if (allocated.IsByFunction)
        {
            return await allocations.ReadInUseAsync(heapCaptureId, cancellationToken) is { } inUse
                ? ToView(Dual.DualView.OfFunctions(allocated.Rows, allocated.Recorded, inUse.Rows), allocCaptureId, heapCaptureId, allocated.IsBiased, isComplete: true, isLossy) with { IsByFunction = true }
                : null;
        }

        var heap = await heaps.AskAsync(heapCaptureId, reader => Tuple.Create(reader.TypeRows(), reader.Completeness), cancellationToken);
        return heap is null ? null : ToView(Dual.DualView.Of(allocated.Rows, allocated.Recorded, heap.Item1), allocCaptureId, heapCaptureId, allocated.IsBiased, heap.Item2.IsComplete, isLossy) with
        {
            IsComplete = heap.Item2.IsComplete,
            IncompleteReason = heap.Item2.Reason,
        };
    }

    private static DualView ToView(Dual.DualView view, string allocCaptureId, string heapCaptureId, bool isBiased, bool isComplete, bool isLossy) => new()
    {
        AllocCaptureId = allocCaptureId,
        HeapCaptureId = heapCaptureId,
        AllocatedBytesPerSecond = view.AllocatedBytesPerSecond,
        HeapBytes = view.HeapBytes,
        Rows = [.. view.Rows.Take(MaxRows).Select(row => ToRow(row, isComplete, isFair: !isBiased && !isLossy))],
        TypeCount = view.Rows.Count,
        IsBiased = isBiased,
        IsLossy = isLossy,
    };

    private static DualViewRow ToRow(Dual.DualRow row, bool isComplete, bool isFair) => new()
    {
        Type = row.Type,
        AllocatedBytesPerSecond = row.AllocatedBytesPerSecond,
        AllocatedShare = row.AllocatedShare,
        Samples = row.Samples,
        RelativeError = row.RelativeError,
        InUseBytes = row.InUseBytes,
        InUseObjects = row.InUseObjects,
        InUseShare = row.InUseShare,
        RetainedBytes = row.RetainedBytes,
        TurnoverPerMinute = row.TurnoverPerMinute,
        Quadrant = isComplete ? (DualQuadrant)row.Quadrant : null,
        // Without fair samples the chance of them does not tell how far a rate may be off.
        IsClear = isComplete && isFair && row.IsClear,
    };
}

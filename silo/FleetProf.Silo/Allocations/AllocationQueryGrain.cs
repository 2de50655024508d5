using FleetProf.Contracts.Allocations;
using FleetProf.Silo.Heaps;
using Orleans.Concurrency;
using Dual = FleetProf.Analysis.Allocations.Dual;

namespace FleetProf.Silo.Allocations;

/// <summary>Puts stored results of allocation captures beside those of heap snapshots.</summary>
[StatelessWorker]
internal sealed class AllocationQueryGrain(StoredAllocations allocations, StoredHeaps heaps) : Grain, IAllocationQueryGrain
{
    private const int MaxRows = 1_000;

    public async Task<DualView?> DualAsync(string allocCaptureId, string heapCaptureId, CancellationToken cancellationToken = default)
    {
        if (await allocations.ReadAsync(allocCaptureId, cancellationToken) is not { } allocated)
        {
            return null;
        }

        if (allocated.IsByFunction)
        {
            return await allocations.ReadInUseAsync(heapCaptureId, cancellationToken) is { } inUse
                ? ToView(Dual.DualView.OfFunctions(allocated.Rows, allocated.Recorded, inUse.Rows), allocCaptureId, heapCaptureId, isComplete: true) with { IsByFunction = true }
                : null;
        }

        var heap = await heaps.AskAsync(heapCaptureId, reader => Tuple.Create(reader.TypeRows(), reader.Completeness), cancellationToken);
        return heap is null ? null : ToView(Dual.DualView.Of(allocated.Rows, allocated.Recorded, heap.Item1), allocCaptureId, heapCaptureId, heap.Item2.IsComplete) with
        {
            IsBiased = allocated.IsBiased,
            IsComplete = heap.Item2.IsComplete,
            IncompleteReason = heap.Item2.Reason,
        };
    }

    private static DualView ToView(Dual.DualView view, string allocCaptureId, string heapCaptureId, bool isComplete) => new()
    {
        AllocCaptureId = allocCaptureId,
        HeapCaptureId = heapCaptureId,
        AllocatedBytesPerSecond = view.AllocatedBytesPerSecond,
        HeapBytes = view.HeapBytes,
        Rows = [.. view.Rows.Take(MaxRows).Select(row => ToRow(row, isComplete))],
        TypeCount = view.Rows.Count,
    };

    private static DualViewRow ToRow(Dual.DualRow row, bool isComplete) => new()
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
        IsClear = isComplete && row.IsClear,
    };
}

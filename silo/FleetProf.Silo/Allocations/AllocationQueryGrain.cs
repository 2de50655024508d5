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
        var heap = heaps.Ask(heapCaptureId, reader => Tuple.Create(reader.TypeRows(), reader.Completeness));
        if (heap is null || await allocations.ReadAsync(allocCaptureId, cancellationToken) is not var (rows, recorded, isBiased))
        {
            return null;
        }

        var (types, completeness) = heap;
        var view = Dual.DualView.Of(rows, recorded, types);
        return new DualView
        {
            AllocCaptureId = allocCaptureId,
            HeapCaptureId = heapCaptureId,
            AllocatedBytesPerSecond = view.AllocatedBytesPerSecond,
            HeapBytes = view.HeapBytes,
            Rows = [.. view.Rows.Take(MaxRows).Select(row => ToRow(row, completeness.IsComplete))],
            TypeCount = view.Rows.Count,
            IsBiased = isBiased,
            IsComplete = completeness.IsComplete,
            IncompleteReason = completeness.Reason,
        };
    }

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

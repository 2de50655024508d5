using System.Globalization;
using FleetProf.Contracts.Allocations;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeAllocationQuery : Grain, IAllocationQueryGrain
{
    private static readonly (string Type, double Allocated, double InUse, DualQuadrant Quadrant)[] Heavy =
    [
        ("System.String", 0.42, 0.02, DualQuadrant.Churn),
        ("System.Byte[]", 0.21, 0.28, DualQuadrant.Backlog),
        (FakeHeap.Cart, 0.003, 0.5, DualQuadrant.CacheOrLeak),
        (FakeHeap.Evil, 0.08, 0, DualQuadrant.Churn),
    ];

    public Task<DualView?> DualAsync(string allocCaptureId, string heapCaptureId, CancellationToken cancellationToken = default) => Task.FromResult<DualView?>(new()
    {
        AllocCaptureId = allocCaptureId,
        HeapCaptureId = heapCaptureId,
        AllocatedBytesPerSecond = 120_000_000,
        HeapBytes = FakeHeap.Bytes,
        TypeCount = 200,
        Rows =
        [
            .. Heavy.Select(row => Row(row.Type, row.Allocated, row.InUse, row.Quadrant)),
            .. Enumerable.Range(1, 196).Select(rank => Row(string.Create(CultureInfo.InvariantCulture, $"Example.Checkout.Model.Entity{rank}"), 0.04 / rank, 0.03 / (197 - rank), DualQuadrant.Quiet)),
        ],
    });

    private static DualViewRow Row(string type, double allocated, double inUse, DualQuadrant quadrant) => new()
    {
        Type = type, AllocatedBytesPerSecond = allocated * 120_000_000, AllocatedShare = allocated, Samples = (long)(allocated * 5_000), RelativeError = allocated > 0.001 ? 0.05 : null,
        InUseBytes = (long)(inUse * FakeHeap.Bytes), InUseObjects = (long)(inUse * 1_000_000), InUseShare = inUse, RetainedBytes = (long)(inUse * FakeHeap.Bytes * 1.5),
        TurnoverPerMinute = inUse > 0 ? allocated * 120_000_000 * 60 / (inUse * FakeHeap.Bytes) : null, Quadrant = quadrant, IsClear = quadrant == DualQuadrant.Churn,
    };
}

using FleetProf.Contracts.Heaps;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeHeapQuery(FakeWorld world) : Grain, IHeapQueryGrain
{
    public Task<HeapTreePage?> DominatorsAsync(string captureId, HeapTreeQuery query, CancellationToken cancellationToken = default)
    {
        world.HeapQuestions.Enqueue((captureId, query));
        if (!IsKnown(captureId) || FakeHeap.Rows.FirstOrDefault(row => row.Node == query.Node) is not { } row)
        {
            return Task.FromResult<HeapTreePage?>(null);
        }

        var above = new List<HeapTreeRow>();
        for (var parent = row.Parent; parent >= 0; parent = FakeHeap.Rows[parent].Parent)
        {
            above.Insert(0, FakeHeap.Rows[parent]);
        }

        return Task.FromResult<HeapTreePage?>(new()
        {
            Row = row, Ancestors = above, Rows = [.. FakeHeap.Children(query.Node).Skip(query.Skip).Take(query.Take)], Skip = query.Skip, HeapBytes = FakeHeap.Bytes, UnreachableObjects = 8_120,
        });
    }

    public Task<HeapTypePaths?> PathsAsync(string captureId, string type, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsKnown(captureId) && type.StartsWith("Example.", StringComparison.Ordinal) ? new HeapTypePaths { Type = type, Paths = FakeHeap.PathsOf(type) } : null);

    public Task<HeapTypePaths?> PathsInModuleAsync(string captureId, string type, string module, CancellationToken cancellationToken = default) =>
        module.StartsWith("Example.", StringComparison.Ordinal) ? PathsAsync(captureId, type, cancellationToken) : Task.FromResult<HeapTypePaths?>(null);

    public Task<HeapDiffReport?> DiffAsync(string fromCaptureId, string toCaptureId, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsKnown(fromCaptureId) && IsKnown(toCaptureId) ? FakeHeap.Diff(fromCaptureId, toCaptureId) : null);

    public Task<HeapGrowthReport> GrowthAsync(HeapGrowthQuery query, CancellationToken cancellationToken = default) =>
        Task.FromResult(query.To - query.From < TimeSpan.FromHours(13) ? new() { Service = query.Service, SingleReplicas = 2, LeftOutSnapshots = 3, IsCut = true, Rows = [] } : FakeHeap.Growth(query.Service, [.. world.Captures()
            .Where(capture => capture.Service == query.Service && capture is { Kind: Contracts.Captures.CaptureKind.Gcdump, State: Contracts.Captures.CaptureState.Ready }).Select(capture => capture.CaptureId)]));

    private bool IsKnown(string captureId) => world.Captures().Any(capture => capture.CaptureId == captureId);
}

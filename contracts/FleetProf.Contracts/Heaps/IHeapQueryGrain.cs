namespace FleetProf.Contracts.Heaps;

/// <summary>Answers questions about analysed heap snapshots from their stored results. Stateless; key 0. All answers are bounded.</summary>
[Alias("fleetprof.heap-query")]
public interface IHeapQueryGrain : IGrainWithIntegerKey
{
    /// <summary>A row of the dominator tree by types and a page of the rows below it. Null when the capture has no such tree or row.</summary>
    [Alias("dominators")]
    Task<HeapTreePage?> DominatorsAsync(string captureId, HeapTreeQuery query, CancellationToken cancellationToken = default);

    /// <summary>Why the objects of a type are alive; of several types of that name, the one with most bytes. Null when the capture has no such tree or type.</summary>
    [Alias("paths")]
    Task<HeapTypePaths?> PathsAsync(string captureId, string type, CancellationToken cancellationToken = default);

    /// <summary>The same of the type that one assembly has. Null when the capture has no such tree or type.</summary>
    [Alias("paths-in-module")]
    Task<HeapTypePaths?> PathsInModuleAsync(string captureId, string type, string module, CancellationToken cancellationToken = default);

    /// <summary>What changed from one snapshot to another. Null when either has no stored trees.</summary>
    [Alias("diff")]
    Task<HeapDiffReport?> DiffAsync(string fromCaptureId, string toCaptureId, CancellationToken cancellationToken = default);

    /// <summary>What grows over time in the replicas of a service. No rows when no replica has two complete snapshots in the range.</summary>
    [Alias("growth")]
    Task<HeapGrowthReport> GrowthAsync(HeapGrowthQuery query, CancellationToken cancellationToken = default);
}

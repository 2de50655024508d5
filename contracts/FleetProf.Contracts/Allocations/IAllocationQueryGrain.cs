namespace FleetProf.Contracts.Allocations;

/// <summary>Answers questions about analysed allocation captures from their stored results. Stateless; key 0. All answers are bounded.</summary>
[Alias("fleetprof.allocation-query")]
public interface IAllocationQueryGrain : IGrainWithIntegerKey
{
    /// <summary>Allocated against in use. Null when either capture has no such result.</summary>
    [Alias("dual")]
    Task<DualView?> DualAsync(string allocCaptureId, string heapCaptureId, CancellationToken cancellationToken = default);
}

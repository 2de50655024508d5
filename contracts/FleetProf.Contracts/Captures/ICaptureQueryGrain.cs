namespace FleetProf.Contracts.Captures;

/// <summary>Reads captures from the catalog. Stateless; key 0.</summary>
[Alias("fleetprof.capture-query")]
public interface ICaptureQueryGrain : IGrainWithIntegerKey
{
    /// <summary>Newest first.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Capture>> ListAsync(CaptureFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Null when unknown.</summary>
    [Alias("get")]
    Task<Capture?> GetAsync(string captureId, CancellationToken cancellationToken = default);
}

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

    /// <summary>The stored files of a capture, without links; empty when unknown or nothing was uploaded yet.</summary>
    [Alias("list-files")]
    Task<IReadOnlyList<CaptureFile>> ListFilesAsync(string captureId, CancellationToken cancellationToken = default);

    /// <summary>One stored file with a fresh link. Null when there is no such file.</summary>
    [Alias("get-file")]
    Task<CaptureFile?> GetFileAsync(string captureId, string name, CancellationToken cancellationToken = default);
}

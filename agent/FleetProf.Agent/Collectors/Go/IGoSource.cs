namespace FleetProf.Agent.Collectors.Go;

/// <summary>Where the collections of one Go program are read from.</summary>
internal interface IGoSource : IDisposable
{
    /// <summary>
    /// Reads what is new, called twice a second and a last time when watching ends. Null when all is well, else what is wrong, as a
    /// sentence; never throws but for cancellation.
    /// </summary>
    Task<string?> ReadAsync(GoRecorder recorder, bool isLast, CancellationToken cancellationToken);
}

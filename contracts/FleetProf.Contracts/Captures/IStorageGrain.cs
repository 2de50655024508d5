namespace FleetProf.Contracts.Captures;

/// <summary>The space that captures take, and what of them stays. Stateless; key 0.</summary>
[Alias("fleetprof.storage")]
public interface IStorageGrain : IGrainWithIntegerKey
{
    /// <summary>What is stored, and what retention would do now: asking changes nothing.</summary>
    [Alias("describe")]
    Task<StorageReport> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Retention leaves the files of this capture until the pin is taken off. Repeating it changes only the reason.</summary>
    /// <param name="captureId">A capture with files.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="reason">For other people; may be empty.</param>
    /// <returns>False when there is no such capture, or its files are gone.</returns>
    [Alias("pin")]
    Task<bool> PinAsync(string captureId, string actor, string reason);

    /// <summary>False when nobody had pinned it.</summary>
    [Alias("unpin")]
    Task<bool> UnpinAsync(string captureId, string actor);

    /// <summary>Two captures were set against each other: their files stay for a while. Unknown ids are left out.</summary>
    /// <param name="captureIds">Of both.</param>
    /// <param name="by">What cites them, in words: "profile diff".</param>
    [Alias("cite")]
    Task CiteAsync(IReadOnlyList<string> captureIds, string by);
}

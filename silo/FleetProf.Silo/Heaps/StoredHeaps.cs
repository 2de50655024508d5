using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Heaps;

/// <summary>Opens the stored trees of heap snapshots. They come from hostile artifacts: a damaged one is as good as none.</summary>
internal sealed partial class StoredHeaps(ArtifactStore store, ILogger<StoredHeaps> logger)
{
    private const string Name = "heap.tree";

    /// <summary>No analysis writes one that is larger; it is not read into the silo.</summary>
    private const long MaxFileBytes = 256L << 20;

    /// <summary>Null when the capture has no such tree here, or it is damaged.</summary>
    public async Task<T?> AskAsync<T>(string captureId, Func<HeapTreeReader, T?> question, CancellationToken cancellationToken) where T : class
    {
        try
        {
            await using var stream = await store.OpenAsync(captureId, Name, cancellationToken);
            return stream is null || stream.Length > MaxFileBytes ? null : question(HeapTreeReader.Open(stream));
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException or OverflowException)
        {
            LogDamaged(damage, captureId);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stored heap tree of {CaptureId} is damaged")]
    private partial void LogDamaged(Exception damage, string captureId);
}

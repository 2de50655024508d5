namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// Where stored files lie, under names such as CAPTURE/analysis-RUN/summary.json that <see cref="ArtifactStore"/> makes. A name shows a whole file or
/// none; what a call wrote or removed is durable when it returns. Calls throw <see cref="IOException"/> with the next step where the shelf fails.
/// </summary>
internal interface IArtifactShelf
{
    /// <summary>Bytes that can be put there now.</summary>
    long FreeBytes { get; }

    /// <summary>A path, in an existing folder of this silo, under which the file of a name is written before it is put there.</summary>
    string PathForNew(string name);

    /// <summary>Gives a complete, flushed file its name, and takes it away from its path.</summary>
    Task PutAsync(string name, string path, CancellationToken cancellationToken);

    /// <summary>Puts a few bytes under a name.</summary>
    Task PutBytesAsync(string name, byte[] bytes, CancellationToken cancellationToken);

    /// <summary>A stream from any place of the file; null when there is none.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>The bytes of a small file; null when there is none.</summary>
    Task<byte[]?> ReadBytesAsync(string name, CancellationToken cancellationToken);

    /// <summary>All names below a folder; empty when there is none. An empty folder lists everything.</summary>
    IAsyncEnumerable<string> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Removes one file, or a folder with all below it; what is not there is no error.</summary>
    Task RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Drops what this silo has in its data folder of files that lie elsewhere, until so many bytes are free there or nothing of it is left.</summary>
    void DropCopies(long untilFreeBytes)
    {
        // Most shelves have no such copies.
    }
}

using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Tests.Captures.Retention;

/// <summary>A shelf that cannot delete the files of some captures, as a folder that belongs to another user, or one with open files on NFS.</summary>
internal sealed class StuckShelf(IArtifactShelf shelf) : IArtifactShelf
{
    /// <summary>What deleting throws, by capture.</summary>
    public Dictionary<string, Exception> Stuck { get; } = [];

    public long FreeBytes => shelf.FreeBytes;

    public string PathForNew(string name) => shelf.PathForNew(name);

    public Task PutAsync(string name, string path, CancellationToken cancellationToken) => shelf.PutAsync(name, path, cancellationToken);

    public Task PutBytesAsync(string name, byte[] bytes, CancellationToken cancellationToken) => shelf.PutBytesAsync(name, bytes, cancellationToken);

    public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken) => shelf.OpenAsync(name, cancellationToken);

    public Task<byte[]?> ReadBytesAsync(string name, CancellationToken cancellationToken) => shelf.ReadBytesAsync(name, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string folder, CancellationToken cancellationToken) => shelf.ListAsync(folder, cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        Stuck.TryGetValue(name, out var held) ? throw held : shelf.RemoveAsync(name, cancellationToken);
}

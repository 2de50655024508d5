using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures;

/// <summary>
/// Looks before the start whether the folder of artifacts that the settings name is the one with the recordings of the catalog. Where a share is not
/// mounted an empty one is left; the first silo that runs there would mark it, make another artifact key there, and keep out the silos that have the share.
/// </summary>
internal sealed class ShareCheck(IOptions<SiloOptions> silo, IOptions<CaptureOptions> captures, ArtifactTable artifacts)
{
    /// <summary>Changes nothing. A folder without files passes where somebody has put a mark: so it is said that the files are lost.</summary>
    /// <exception cref="IOException">The catalog has recordings, and the folder is empty or not there; the message says the next step.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken = default)
    {
        if (captures.Value.Store != StoreKind.Folder || silo.Value.Artifacts is null)
        {
            return;
        }

        var root = Path.GetFullPath(FolderShelf.RootOf(silo.Value));
        if (HoldsAnything(root) || !await artifacts.HasStoredAsync(cancellationToken))
        {
            return;
        }

        throw new IOException(
            $"The catalog has recordings, and there is nothing in {root}, where {SiloOptions.Section}:{nameof(SiloOptions.Artifacts)} says that their files are. "
            + "Mount its share, and start the silo again. Where the folder is a new one, copy the files there first. "
            + $"Where they are lost, say so with a mark, as the silo's user: mkdir -p {root} && date +%s%N > {Path.Combine(root, FolderMark.FileName)}");
    }

    /// <summary>What cannot be read is there; who opens it says what to do.</summary>
    private static bool HoldsAnything(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Any();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }
}

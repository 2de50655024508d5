using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>Results of several runs of the analyzer beside each other: of a silo that was thought dead, of one that died, and of the one that counts.</summary>
internal sealed partial class ArtifactStore
{
    private const string RunFolder = "analysis";

    /// <summary>A name for the results of one run, which no other on any silo has.</summary>
    public static string NewRun() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Whether a name on the shelf is one of those that are made here: of an original, of a result, or of the wrapped key of one.</summary>
    public static bool IsStoredName(string name) => name.Split('/') switch
    {
        [var capture, var original] => IsCaptureId(capture) && original.StartsWith(OriginalName, StringComparison.Ordinal),
        [var capture, var folder, _, ..] => IsCaptureId(capture) && (folder == RunFolder || folder.StartsWith(RunFolder + "-", StringComparison.Ordinal)),
        _ => false,
    };

    /// <summary>The folders of results that are stored for a capture, but those of one run; to remove once the table has named that one.</summary>
    public async Task<IReadOnlyList<string>> ListOtherRunsAsync(string captureId, string run, CancellationToken cancellationToken)
    {
        var (own, all) = (RunFolderOf(captureId, run), RunFolderOf(captureId, null));
        var folders = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var name in shelf.ListAsync(Checked(captureId), cancellationToken))
        {
            var folder = name[..name.LastIndexOf('/')];
            if (folder != own && folder.StartsWith(all, StringComparison.Ordinal))
            {
                folders.Add(folder);
            }
        }

        return [.. folders];
    }

    /// <summary>Removes folders that <see cref="ListOtherRunsAsync"/> has named.</summary>
    public async Task RemoveRunsAsync(IEnumerable<string> folders, CancellationToken cancellationToken)
    {
        foreach (var folder in folders)
        {
            await shelf.RemoveAsync(folder, cancellationToken);
        }
    }

    /// <summary>Removes the results of one run, of which the table will never know.</summary>
    public Task RemoveRunAsync(string captureId, string run, CancellationToken cancellationToken) => shelf.RemoveAsync(RunFolderOf(captureId, run), cancellationToken);

    /// <summary>Beside the folder of versions before there were runs, not in it: a silo of such a version empties that at will.</summary>
    private static string RunFolderOf(string captureId, string? run) =>
        run is null ? $"{Checked(captureId)}/{RunFolder}" : $"{Checked(captureId)}/{RunFolder}-{CheckedRun(run)}";

    private static string CheckedRun(string run) => RunPattern().IsMatch(run) ? run : throw new ArgumentException("This is no run.", nameof(run));

    [GeneratedRegex(@"\A[0-9a-f]{16}\z")]
    private static partial Regex RunPattern();
}

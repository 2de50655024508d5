using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts.Sealing;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// Plain files of versions before there were keys. Only folders had them, and the catalog knows what was in them: any other was put in the place of a sealed
/// one, or where nothing was.
/// </summary>
internal sealed partial class ArtifactStore
{
    /// <summary>What the catalog has of a file that may lie plain, by capture and name; null of all others. Left out, no plain file is read.</summary>
    public Func<string, string, CancellationToken, Task<StoredFile?>> KnownPlain { get; init; } = (_, _, _) => Task.FromResult<StoredFile?>(null);

    /// <summary>What an open plain file must hold; nothing but its length was looked at.</summary>
    private async Task<StoredFile> ExpectedAsync(Stream plain, string captureId, string name, CancellationToken cancellationToken) =>
        shelf is FolderShelf && await KnownPlain(captureId, name, cancellationToken) is { } known && known.SizeBytes == plain.Length ? known : throw SealedFormat.Replaced();

    /// <summary>Reads it all once, and stands at its beginning again. What is compared is the open file that is read then, whatever has its name by that time.</summary>
    private static async Task CheckAsync(Stream plain, StoredFile expected, CancellationToken cancellationToken)
    {
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(plain, cancellationToken)) != expected.Sha256)
        {
            throw SealedFormat.Replaced();
        }

        plain.Position = 0;
    }

    /// <param name="Content">The plain bytes.</param>
    /// <param name="Expected">Of a file that lies plain: what it must hold, which the one who reads it has yet to compare. Null of sealed ones.</param>
    private readonly record struct Opened(Stream Content, StoredFile? Expected);
}

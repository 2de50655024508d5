using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>
/// The layout of a sealed file: magic, an id that names its key file, then chunks of 64 KiB by AES-256-GCM, each with its tag; the last may be
/// shorter, also empty. A chunk's nonce is its number and whether it is the last: nothing can be cut off, left out, added or moved unnoticed.
/// Every file has a data key of its own, so that no nonce comes twice under one key.
/// </summary>
internal static class SealedFormat
{
    public const int ChunkBytes = 64 * 1024;
    public const int TagBytes = 16;
    public const int NonceBytes = 12;
    public const int IdBytes = 8;

    public static readonly byte[] Magic = "FPSEAL1\n"u8.ToArray();

    public static int HeaderBytes => Magic.Length + IdBytes;

    public static void FillNonce(Span<byte> nonce, long chunk, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce, chunk);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    /// <summary>The id of a sealed file; null of a plain one, which begins otherwise and stands at its beginning again.</summary>
    public static async Task<string?> ReadIdAsync(Stream file, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderBytes];
        if (await file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) == header.Length && header.AsSpan().StartsWith(Magic))
        {
            return Convert.ToHexStringLower(header.AsSpan(Magic.Length));
        }

        file.Position = 0;
        return null;
    }

    /// <summary>A plain file in the place of a sealed one, or of one that was plain always.</summary>
    public static InvalidDataException Replaced() => new("The stored artifact was replaced: it is not sealed, and not what an earlier version stored plain.");

    /// <summary>The key of one file of several that share a wrapped key: another name, another key, so that files cannot stand in for each other.</summary>
    public static byte[] KeyOf(ReadOnlySpan<byte> shared, string name)
    {
        var key = new byte[ArtifactKeys.KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key, salt: [], info: Encoding.UTF8.GetBytes($"fleetprof result {name}"));
        return key;
    }
}

using System.Buffers.Binary;

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

    /// <summary>The id of a sealed file; null of a plain one, which begins otherwise.</summary>
    public static string? IdOf(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var header = new byte[HeaderBytes];
        return stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header.AsSpan().StartsWith(Magic)
            ? Convert.ToHexStringLower(header.AsSpan(Magic.Length))
            : null;
    }

    public static string KeyPathOf(string path, string id) => $"{path}.{id}.key";
}

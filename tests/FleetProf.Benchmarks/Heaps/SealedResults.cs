using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>
/// Results of analyses in the data folder of a silo that was not started yet, sealed as that would: plain ones it refuses. The format is the silo's
/// SealedFormat and WrappedKey, written down once more, because a benchmark sees of a silo what others do.
/// </summary>
internal sealed class SealedResults
{
    private const int ChunkBytes = 64 * 1024;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int KeyBytes = 32;

    private readonly byte[] artifactKey = RandomNumberGenerator.GetBytes(KeyBytes);
    private readonly string folder;

    /// <param name="folder">The silo's; gets a new artifact key.</param>
    public SealedResults(string folder)
    {
        this.folder = folder;
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName, "artifact.key");
        File.WriteAllText(path, Convert.ToBase64String(artifactKey) + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>Where the results of a capture are.</summary>
    public string FolderOf(string capture) => Path.Combine(folder, "artifacts", capture, "analysis");

    /// <summary>Seals all plain files there.</summary>
    public void Seal(string capture)
    {
        var (id, dataKey) = (RandomNumberGenerator.GetBytes(8), RandomNumberGenerator.GetBytes(KeyBytes));
        foreach (var file in Directory.GetFiles(FolderOf(capture)))
        {
            Seal(file, id, HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, KeyBytes, info: Encoding.UTF8.GetBytes($"fleetprof result {Path.GetFileName(file)}")));
        }

        File.WriteAllBytes(Path.Combine(FolderOf(capture), $"{Convert.ToHexStringLower(id)}.key"), Wrap(dataKey, capture));
    }

    private static void Seal(string file, byte[] id, byte[] key)
    {
        var plain = File.ReadAllBytes(file);
        using var cipher = new AesGcm(key, TagBytes);
        using var stream = File.Create(file);
        stream.Write("FPSEAL1\n"u8);
        stream.Write(id);
        var (nonce, chunk) = (new byte[NonceBytes], new byte[ChunkBytes + TagBytes]);
        for (var at = 0; at == 0 || at < plain.Length; at += ChunkBytes)
        {
            var length = Math.Min(ChunkBytes, plain.Length - at);
            BinaryPrimitives.WriteInt64BigEndian(nonce, at / ChunkBytes);
            nonce[^1] = at + length == plain.Length ? (byte)1 : (byte)0;
            cipher.Encrypt(nonce, plain.AsSpan(at, length), chunk.AsSpan(0, length), chunk.AsSpan(length, TagBytes));
            stream.Write(chunk, 0, length + TagBytes);
        }
    }

    private byte[] Wrap(byte[] dataKey, string capture)
    {
        var keyId = SHA256.HashData([.. "fleetprof artifact key "u8, .. artifactKey])[..16];
        var (nonce, wrapped, tag) = (RandomNumberGenerator.GetBytes(NonceBytes), new byte[KeyBytes], new byte[TagBytes]);
        using var cipher = new AesGcm(artifactKey, TagBytes);
        cipher.Encrypt(nonce, dataKey, wrapped, tag, Encoding.UTF8.GetBytes(capture));
        return [.. "FPWRAP1\n"u8, .. keyId, .. nonce, .. wrapped, .. tag];
    }
}

using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>A wrapped data key as bytes: magic, id of the wrapping key, nonce, wrapped key, tag.</summary>
internal static class WrappedKey
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private static readonly byte[] Magic = "FPWRAP1\n"u8.ToArray();

    public static int Length => Magic.Length + ArtifactKeys.IdBytes + NonceBytes + ArtifactKeys.KeyBytes + TagBytes;

    /// <param name="dataKey">To wrap.</param>
    /// <param name="owner">What the key belongs to; another owner cannot unwrap it.</param>
    /// <param name="keys">Whose current key wraps.</param>
    public static byte[] Wrap(ReadOnlySpan<byte> dataKey, string owner, ArtifactKeys keys)
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes, 0);
        keys.CurrentId.CopyTo(bytes.AsSpan(Magic.Length));
        var nonce = bytes.AsSpan(Magic.Length + ArtifactKeys.IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var wrapped = bytes.AsSpan(Length - TagBytes - ArtifactKeys.KeyBytes, ArtifactKeys.KeyBytes);
        using var cipher = new AesGcm(keys.Current, TagBytes);
        cipher.Encrypt(nonce, dataKey, wrapped, bytes.AsSpan(Length - TagBytes), Owner(owner));
        return bytes;
    }

    /// <exception cref="InvalidDataException">It is missing, damaged or belongs elsewhere.</exception>
    /// <exception cref="IOException">The key that wrapped it is not there.</exception>
    public static byte[] Unwrap(byte[]? bytes, string owner, ArtifactKeys keys)
    {
        if (bytes is null)
        {
            throw new InvalidDataException("The key of a stored artifact is missing.");
        }

        if (bytes.Length != Length || !bytes.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException("The key of a stored artifact is damaged.");
        }

        var key = keys.Find(IdOf(bytes))
            ?? throw new IOException($"The key of a stored artifact was wrapped by key {Convert.ToHexStringLower(IdOf(bytes))}, which the artifact key file does not hold.");
        var dataKey = new byte[ArtifactKeys.KeyBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(
                bytes.AsSpan(Magic.Length + ArtifactKeys.IdBytes, NonceBytes), bytes.AsSpan(Length - TagBytes - ArtifactKeys.KeyBytes, ArtifactKeys.KeyBytes), bytes.AsSpan(Length - TagBytes), dataKey, Owner(owner));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new InvalidDataException("The key of a stored artifact is damaged or belongs to another one.");
        }

        return dataKey;
    }

    /// <summary>Whether the current key wrapped it.</summary>
    public static bool IsCurrent(byte[] bytes, ArtifactKeys keys) => bytes.Length == Length && IdOf(bytes).SequenceEqual(keys.CurrentId);

    /// <summary>The id of the key that wrapped it, lower-case hex; null when it is no wrapped key.</summary>
    public static string? WrappedBy(byte[] bytes) => bytes.Length == Length && bytes.AsSpan().StartsWith(Magic) ? Convert.ToHexStringLower(IdOf(bytes)) : null;

    private static ReadOnlySpan<byte> IdOf(byte[] bytes) => bytes.AsSpan(Magic.Length, ArtifactKeys.IdBytes);

    private static byte[] Owner(string owner) => Encoding.UTF8.GetBytes(owner);
}

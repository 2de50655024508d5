using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Access;

/// <summary>Random secrets and their hashes. 256 random bits need no slow hash: there is nothing to guess.</summary>
internal static class Secret
{
    private const int Bytes = 32;

    /// <summary>The prefix lets secret scanners and people tell what a leaked string is.</summary>
    public static string Create(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Index of the hash, -1 when absent; looks at every entry in the same time, whichever it is.</summary>
    public static int IndexOf(IReadOnlyList<byte[]> hashes, byte[] wanted)
    {
        var found = -1;
        for (var i = 0; i < hashes.Count; i++)
        {
            found = CryptographicOperations.FixedTimeEquals(hashes[i], wanted) ? i : found;
        }

        return found;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Portal.Campaigns;

/// <summary>Makes 26-character ids that sort by time, or always the same id for the same idempotency key.</summary>
public sealed class RunIds(TimeProvider clock, RandomNumberGenerator random)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int RandomBytes = 10;

    private const int Length = 26;

    /// <summary>A fresh id: 48 bits of time, 80 random bits.</summary>
    public string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, clock.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        random.GetBytes(bytes[^RandomBytes..]);
        return Encode(bytes);
    }

    /// <summary>The id for this caller's idempotency key; <see cref="Next"/> when there is no key.</summary>
    public string ForKey(string caller, string? idempotencyKey) =>
        idempotencyKey is null ? Next() : Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{idempotencyKey}")).AsSpan(0, 16));

    /// <summary>Whether a text that came from outside has the form of an id that is made here.</summary>
    public static bool IsId(string text) => text.Length == Length && text.All(character => Alphabet.Contains(character, StringComparison.Ordinal));

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(Length, value, static (text, rest) =>
        {
            for (var at = text.Length - 1; at >= 0; at--, rest >>= 5)
            {
                text[at] = Alphabet[(int)(rest & 31)];
            }
        });
    }
}

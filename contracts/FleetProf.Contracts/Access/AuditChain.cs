using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Contracts.Access;

/// <summary>
/// Ties each row of the audit log to all rows before it: its hash is the SHA-256 of the hash before and of its own fields, each led by its
/// length. Who changes, removes, adds or swaps a row has to write all later hashes anew, and the newest one is known elsewhere.
/// </summary>
public static class AuditChain
{
    /// <summary>Stands before the first row.</summary>
    public static readonly string Origin = new('0', 64);

    private const int Format = 1;

    /// <summary>64 hex digits, lower case.</summary>
    public static string HashOf(string previousHash, AuditEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, previousHash);
        Add(hash, Format);
        Add(hash, entry.Sequence);
        Add(hash, entry.At.ToUnixTimeMilliseconds());
        Add(hash, entry.Actor);
        Add(hash, entry.CredentialId);
        Add(hash, (long)entry.Role);
        Add(hash, entry.Address);
        Add(hash, entry.Action);
        Add(hash, entry.Target);
        Add(hash, entry.Services);
        Add(hash, (long)entry.Decision);
        Add(hash, entry.Reason);
        Add(hash, entry.CorrelationId);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What is wrong with the row that follows; null when it is the one that was written after it.</summary>
    /// <param name="previous">The row before; null before the first one.</param>
    /// <param name="entry">The row.</param>
    public static string? ProblemOf(AuditEntry? previous, AuditEntry entry)
    {
        var expected = (previous?.Sequence ?? 0) + 1;
        if (entry.Sequence != expected)
        {
            return $"row {expected} is missing: row {entry.Sequence} comes in its place";
        }

        return entry.Hash == HashOf(previous?.Hash ?? Origin, entry) ? null : $"row {entry.Sequence} is not what was written, or the rows before it are not";
    }

    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}

using System.Security.Cryptography;
using System.Text.Json;

namespace FleetProf.Agent.Control;

/// <summary>Who this agent is for the silo: made once, kept in the state folder.</summary>
/// <param name="AgentId">Sorts by the time it was made.</param>
/// <param name="Secret">Never logged. It binds the id where no client certificate does; there it is empty.</param>
public sealed record AgentIdentity(string AgentId, string Secret)
{
    private const string FileName = "identity.json";
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int IdChars = 26;
    private const int SecretBytes = 32;

    /// <summary>Reads the identity, or makes one; durable when it returns.</summary>
    /// <exception cref="IOException">The file is there but does not hold an identity.</exception>
    public static AgentIdentity ReadOrCreate(StateFolder folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(time);
        if (folder.Read(FileName) is { } content) return Parse(content) ?? throw new IOException($"{folder.PathOf(FileName)} holds no agent identity. Restore it, or delete it to begin as a new agent.");
        var identity = new AgentIdentity(CreateId(time.GetUtcNow()), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));
        folder.Write(FileName, JsonSerializer.SerializeToUtf8Bytes(identity));
        return identity;
    }

    public override string ToString() => AgentId;

    private static AgentIdentity? Parse(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<AgentIdentity>(content) is { AgentId.Length: IdChars, Secret.Length: >= SecretBytes } identity ? identity : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>48 bits of milliseconds, then 80 random bits, in base 32.</summary>
    private static string CreateId(DateTimeOffset now)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return string.Create(IdChars, (Milliseconds: now.ToUnixTimeMilliseconds(), Random: random.ToArray()), static (id, parts) =>
        {
            const int TimeChars = 10;
            for (var i = 0; i < TimeChars; i++) id[i] = Alphabet[(int)(parts.Milliseconds >> (5 * (TimeChars - 1 - i)) & 31)];
            for (var i = TimeChars; i < IdChars; i++) id[i] = Alphabet[parts.Random[i - TimeChars] & 31];
        });
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>The text of a join token, "fpe_ID_SECRET": the id finds it, the secret proves it. Never logged.</summary>
internal sealed record JoinTokenText
{
    private const string Prefix = "fpe_";
    private const int IdBytes = 6;
    private const int SecretBytes = 32;
    private const int SecretChars = 43;

    private JoinTokenText(string id, string secret) => (Id, Secret) = (id, secret);

    public string Id { get; }

    /// <summary>SHA-256, hex: all that is stored of the secret. 256 random bits need no slow hash.</summary>
    public string SecretHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));

    private string Secret { get; }

    public static JoinTokenText Create() => new(
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Null when it is none.</summary>
    public static JoinTokenText? Parse(string text)
    {
        const int IdChars = 2 * IdBytes;
        const int Chars = 4 + IdChars + 1 + SecretChars;
        return text.Length == Chars && text.StartsWith(Prefix, StringComparison.Ordinal) && text[4 + IdChars] == '_'
            && IsId(text[4..(4 + IdChars)]) && text[(5 + IdChars)..].All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
            ? new(text[4..(4 + IdChars)], text[(5 + IdChars)..])
            : null;
    }

    public static bool IsId(string text) => text.Length == 2 * IdBytes && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Whether the stored hash is this secret's, in a time that tells nothing.</summary>
    public bool Matches(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(SecretHash));

    /// <summary>With the secret, for the one answer that shows it.</summary>
    public string Reveal() => $"{Prefix}{Id}_{Secret}";

    public override string ToString() => $"{Prefix}{Id}_...";
}

using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Access.People;

/// <summary>An API token as its holder has it: fpp_ID_SECRET. The prefix lets secret scanners and people tell what a leaked string is.</summary>
internal sealed record ApiTokenText(string Id, string Secret)
{
    private const string Prefix = "fpp_";
    private const int IdLength = 16;
    private const int LongestToken = 128;

    /// <summary>Hex, lower case.</summary>
    public string SecretHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    public static string NewId() => RandomNumberGenerator.GetHexString(IdLength, lowercase: true);

    public static ApiTokenText Create() => new(NewId(), Access.Secret.Create(""));

    /// <summary>Null for what is no token.</summary>
    public static ApiTokenText? Parse(string text) =>
        text.Length <= LongestToken && text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length + IdLength + 1 && text[Prefix.Length + IdLength] == '_'
            ? new(text.Substring(Prefix.Length, IdLength), text[(Prefix.Length + IdLength + 1)..])
            : null;

    /// <summary>Whether this is the secret of a stored hash; takes the same time however much of it is right.</summary>
    public bool Fits(string storedHash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(SecretHash), Encoding.ASCII.GetBytes(storedHash));

    public string Reveal() => $"{Prefix}{Id}_{Secret}";
}

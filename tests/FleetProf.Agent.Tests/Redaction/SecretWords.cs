using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Agent.Tests.Redaction;

/// <summary>Made-up secrets and the names that they go by, from a seeded source.</summary>
internal sealed class SecretWords(Random random)
{
    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string Symbols = "!#$%*()_+-.,/?^~|";
    private const string Foreign = "äöüßéñçøåłжшщяфπσ密码钥匙한글パ🔑";

    // Of the styles of names, the last two have no divider but the case of their letters.
    private const int DividedStyles = 8;
    private const int Styles = DividedStyles + 2;

    // As words, to be joined as the source of the name likes.
    private static readonly string[] Names =
    [
        "password", "db password", "passwd", "pwd", "pass", "passphrase", "admin pass", "secret", "client secret", "jwt secret", "token", "auth token", "access token", "refresh token",
        "api key", "aws secret access key", "account key", "shared access key", "private key", "signing key", "encryption key", "master key", "license key", "storage key", "key",
        "credential", "credentials", "authorization", "basic auth", "cookie", "session id", "connection string", "conn str", "dsn", "sas", "otp", "pin", "webhook", "oauth", "pat", "hmac", "salt",
        "db pw", "psk", "redis auth", "db creds", "kennwort", "passwort", "senha", "пароль", "密码",
    ];

    public T Any<T>(params T[] choices) => choices[random.Next(choices.Length)];

    public bool Perhaps(double probability = 0.5) => random.NextDouble() < probability;

    public int Number(int from, int to) => random.Next(from, to);

    /// <summary>In kebab, snake, dotted, sectioned, camel or Pascal style, in any case, perhaps with words around it.</summary>
    public string Name() => Name(Styles);

    /// <summary>In upper case, and so in a style that does not need the case to divide its words.</summary>
    public string UpperName() => Name(DividedStyles).ToUpperInvariant();

    private string Name(int styles)
    {
        var words = Any(Names).Split(' ');
        if (Perhaps(0.2)) words = [Any("shop", "main", "my", "redis"), .. words];
        if (Perhaps(0.1)) words = [.. words, Any("2", "prod", "value")];
        var style = Number(0, styles);
        string Title(string word) => char.ToUpperInvariant(word[0]) + word[1..];
        return style switch
        {
            0 => string.Join('-', words),
            1 => string.Join('_', words),
            2 => string.Join('_', words).ToUpperInvariant(),
            3 => string.Join("__", words).ToUpperInvariant(),
            4 => string.Join('.', words),
            5 => string.Join(':', words.Select(Title)),
            6 => string.Join('-', words).ToUpperInvariant(),
            7 => string.Join('-', words.Select(Title)),
            8 => words[0] + string.Concat(words.Skip(1).Select(Title)),
            _ => string.Concat(words.Select(Title)),
        };
    }

    /// <summary>Without anything that shells, URLs or connection strings mind.</summary>
    public string Plain() => Number(0, 6) switch
    {
        0 => Convert.ToHexStringLower(Bytes(Number(6, 40))),
        1 => new Guid(Bytes(16)).ToString(),
        2 => Text(Alphanumeric, 8, 40).ToLowerInvariant(),
        3 => Text("0123456789", 6, 16),
        _ => Text(Alphanumeric, 6, 30),
    };

    /// <summary>One word: no space, quote, separator of names or of lists.</summary>
    public string Single() => Number(0, 5) switch
    {
        0 => Convert.ToBase64String(Bytes(Number(6, 70))),
        1 => Text(Alphanumeric + Symbols, 8, 30),
        2 => Text(Alphanumeric + Foreign, 8, 30),
        3 => Encoded(),
        _ => Plain(),
    };

    /// <summary>Anything that fits into one argument.</summary>
    public string Free() => Number(0, 4) switch
    {
        0 => Text(Alphanumeric + Symbols + " ;&='\"\\<>{}[]@:`", 8, 40),
        1 => $"{Text(Alphanumeric, 6, 12)} {Text(Alphanumeric, 6, 12)}",
        _ => Single(),
    };

    /// <summary>Inside quotes of one kind: separators, but no quote and no backslash.</summary>
    public string Quotable() => Perhaps() ? Text(Alphanumeric + Symbols + " ;&={}[]@:", 8, 30) : Single();

    /// <summary>As in a URL.</summary>
    public string Encoded() => Uri.EscapeDataString(Text(Alphanumeric + Symbols + "@:/ é", 8, 30));

    public string Base64(int least, int most) => Convert.ToBase64String(Bytes(Number(least, most)));

    /// <summary>What its own shape gives away.</summary>
    public string Shaped() => Number(0, 22) switch
    {
        0 => Jwt(),
        1 => Any("AKIA", "ASIA") + Text(Upper, 16, 16),
        2 => Any("ghp_", "gho_", "ghs_", "ghr_") + Text(Alphanumeric, 36, 36),
        3 => $"github_pat_{Text(Alphanumeric, 22, 22)}_{Text(Alphanumeric, 59, 59)}",
        4 => $"xox{Any("b", "p", "a", "s")}-{Text("0123456789", 11, 12)}-{Text(Alphanumeric, 24, 24)}",
        5 => $"{Any("sk", "rk", "pk")}_{Any("live", "test")}_{Text(Alphanumeric, 24, 34)}",
        6 => "AIza" + Text(Alphanumeric + "-_", 35, 35),
        7 => "glpat-" + Text(Alphanumeric + "-_", 20, 20),
        8 => $"SG.{Text(Alphanumeric, 22, 22)}.{Text(Alphanumeric, 43, 43)}",
        9 => "npm_" + Text(Alphanumeric, 36, 36),
        10 => "hvs." + Text(Alphanumeric, 24, 24),
        11 => "dop_v1_" + Convert.ToHexStringLower(Bytes(32)),
        12 => "sk-" + Any("proj-", "ant-", "") + Text(Alphanumeric, 32, 48),
        13 => "whsec_" + Text(Alphanumeric, 32, 32),
        14 => "pypi-AgEI" + Text(Alphanumeric, 40, 60),
        15 => $"{Text("0123456789", 9, 9)}:AA{Text(Alphanumeric + "-_", 33, 33)}",
        16 => $"{Text(Alphanumeric, 3, 3)}8Q~{Text(Alphanumeric + ".~-", 34, 34)}",
        17 => Convert.ToHexString(Bytes(Number(16, 40))),
        18 => Convert.ToHexStringLower(SHA256.HashData(Bytes(8))),
        19 => Base64(32, 70),
        20 => Convert.ToBase64String(Bytes(Number(32, 60))).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        _ => Text(Alphanumeric, 32, 64),
    };

    public string Jwt() => $"eyJhbGciOiJIUzI1NiJ9.{Url(Encoding.UTF8.GetBytes($"{{\"sub\":\"{Number(0, 1_000_000)}\",\"iat\":{Number(0, 1_000_000)}}}"))}.{Url(Bytes(32))}";

    /// <summary>Lines of a block of base64.</summary>
    public string[] KeyLines() => [.. Base64(90, 400).Chunk(64).Select(line => new string(line)).Where(line => line.Length >= 6)];

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Text(string alphabet, int least, int most)
    {
        var runes = alphabet.EnumerateRunes().ToArray();
        var text = new StringBuilder();
        for (var count = Number(least, most + 1); count > 0; count--) text.Append(runes[random.Next(runes.Length)]);
        return text.ToString();
    }
}

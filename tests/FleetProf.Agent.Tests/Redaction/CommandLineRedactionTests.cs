using System.Security.Cryptography;
using CsCheck;
using FleetProf.Agent.Redaction;

namespace FleetProf.Agent.Tests.Redaction;

public class CommandLineRedactionTests
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private static readonly string[] SecretNames =
    [
        "password", "Password", "PASSWORD", "db-password", "Db:Password", "db.password", "DB__PASSWORD", "passwd", "pwd", "passphrase", "secret", "client-secret", "clientSecret",
        "token", "auth-token", "accessToken", "api-key", "apikey", "API_KEY", "AccountKey", "SharedAccessKey", "private-key", "encryption-key", "key", "credential", "credentials",
        "authorization", "connection-string", "ConnectionStrings:Main", "ConnectionStrings__Main", "conn-str", "auth", "oauth", "sig", "sas", "otp", "pin", "Kennwort", "jwt-signing-key",
        "db-pw", "DB_PW", "Smtp:Pw", "dbPw", "psk", "tls-psk", "TlsPsk", "dbAuth", "redisAuth", "DBAuth", "DbCreds", "UserPin", "pinCode", "AuthHeader", "storageKeyBase64",
    ];

    private static readonly Gen<string> Name = Gen.Int[0, SecretNames.Length - 1].Select(i => SecretNames[i]);

    // A secret that nothing but its place gives away.
    private static readonly Gen<string> Word = Gen.Char[Letters].Array[6, 20].Select(chars => "S" + new string(chars));

    private static readonly Gen<(string Secret, string[] Arguments)> NamedSecret = Gen.Select(Name, Word, Gen.Int[0, 11]).Select((name, secret, shape) => (secret, shape switch
    {
        0 => new[] { $"--{name}={secret}" },
        1 => [$"--{name}", secret],
        2 => [$"-{name}", secret],
        3 => [$"/{name}:{secret}"],
        4 => [$"{name}={secret}"],
        5 => [$"--{name}:{secret}"],
        6 => [$"--{name}", "-" + secret],
        7 => [$"Server=db;User=sa;{name}={secret};Encrypt=true"],
        8 => [$"--set=Server=db;{name} = {secret}"],
        9 => [$"{{\"{name}\":\"{secret}\"}}"],
        10 => [$"--{name}='{secret} {secret}'"],
        _ => [$"https://host/path?a=1&{name}={secret}&b=2"],
    }));

    private static readonly Gen<(string Secret, string[] Arguments)> PlacedSecret = Gen.Select(Word, Gen.Int[0, 6]).Select((secret, shape) => (secret, shape switch
    {
        0 => new[] { $"https://user:{secret}@host/path" },
        1 => [$"--url=amqp://{secret}@host"],
        2 => [$"postgres://u:p%40{secret}@db:5432/x"],
        3 => ["-H", $"Authorization: Bearer {secret}"],
        4 => [$"X: Basic {secret}"],
        5 => ["-----BEGIN RSA PRIVATE KEY-----", secret, "-----END RSA PRIVATE KEY-----"],
        _ => [$"-----BEGIN EC PRIVATE KEY-----\n{secret}\n-----END EC PRIVATE KEY-----"],
    }));

    // A secret that its own shape gives away, wherever it stands.
    private static readonly Gen<(string Secret, string[] Arguments)> ShapedSecret = Gen.Select(Gen.Byte.Array[32, 60], Gen.Int[0, 7], Gen.Int[0, 2]).Select((bytes, shape, place) =>
    {
        var text = Convert.ToBase64String(bytes);
        var hex = Convert.ToHexString(bytes);
        var secret = shape switch
        {
            0 => "eyJhbGciOiJIUzI1NiJ9." + Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_') + ".c2ln",
            1 => "AKIA" + hex[..16],
            2 => "ghp_" + hex[..36],
            3 => "xoxb-" + hex[..24],
            4 => hex.ToLowerInvariant(),
            5 => "sk_live_" + hex[..24],
            6 => "glpat-" + hex[..20],
            _ => Convert.ToHexString(SHA256.HashData(bytes)),
        };
        return (secret, place switch { 0 => new[] { secret }, 1 => [$"--value={secret}"], _ => ["run", $"x,{secret},y"] });
    });

    [Fact]
    public void Secret_UnderATellingName_NeverRemains() => NamedSecret.Sample(AssertGone);

    [Fact]
    public void Secret_InATellingPlace_NeverRemains() => PlacedSecret.Sample(AssertGone);

    [Fact]
    public void Secret_OfATellingShape_NeverRemains() => ShapedSecret.Sample(AssertGone);

    [Fact]
    public void Secrets_Several_NoneRemains() => Gen.Select(NamedSecret, PlacedSecret, ShapedSecret).Sample((first, second, third) =>
    {
        var line = CommandLineRedaction.Redact(["dotnet", "App.dll", .. first.Arguments, .. second.Arguments, "--port=80", .. third.Arguments]);
        foreach (var secret in (string[])[first.Secret, second.Secret, third.Secret]) Assert.DoesNotContain(secret, line, StringComparison.Ordinal);
        Assert.StartsWith("dotnet App.dll ", line, StringComparison.Ordinal);
    });

    [Fact]
    public void Base64_Long_NeverRemains() => Gen.Byte.Array[48, 200].Sample(bytes =>
    {
        var secret = Convert.ToBase64String(bytes);
        var line = CommandLineRedaction.Redact(["app", secret]);
        // Pieces between slashes may remain; no piece worth guessing does.
        Assert.True(LongestCommonRun(secret, line) < 24, line);
    });

    /// <summary>"OtP" is a word that tells of a secret behind it; here it stands in one, and the '=' is its padding.</summary>
    [Theory]
    [InlineData("D18aZBbcJDJbjSZo6iaEQrhBvAdGLyGOtP9CVgsjnjW9B1ASa485rVmCkndbTSKhV2Ygxi8jvJHzwq8=", "***=***")]
    [InlineData("--ConnectionStrings__ShopDatabase__Password=x", "--ConnectionStrings__ShopDatabase__Password=***")]
    public void Name_ThatIsNoiseItself_IsHiddenToo(string argument, string expected) => Assert.Equal($"app {expected}", CommandLineRedaction.Redact(["app", argument]));

    [Fact]
    public void Noise_WithAKnownShapeInside_LeavesNoTail() =>
        Assert.DoesNotContain("7xFTg5YKD1", CommandLineRedaction.Redact(["app", "jSzo6iaEQrhBvAdGLyGOtP9CVgsjnjW9B1Ax+AKIAIOSFODNN7EXAMPLE/7xFTg5YKD1OilbqPIK4GA=="]), StringComparison.Ordinal);

    [Theory]
    [InlineData("--require-token", "--password", "hunter2x")]
    [InlineData("--sign-cookie", "--use-auth", "--api-key", "hunter2x")]
    [InlineData("dotnet Shop.dll --password hunter2x --port 80")]
    [InlineData("-c", "exec dotnet Shop.dll --Db:Password hunter2x")]
    public void Secret_BehindAnotherOption_NeverRemains(params string[] arguments) =>
        Assert.DoesNotContain("hunter2x", CommandLineRedaction.Redact(["app", .. arguments]), StringComparison.Ordinal);

    [Theory]
    [InlineData("-pHunter2x9", "-p***")]
    [InlineData("-p=Hunter2x9", "-p***")]
    [InlineData("-phunter two", "-p***")]
    [InlineData("-PHunter2x9", "-P***")]
    [InlineData("-kHunter2x9", "-k***")]
    [InlineData("-uuser:pw", "-u***")]
    [InlineData("-Ushop%Hunter2x9", "-U***")]
    [InlineData("-pMySecretToken=1", "-p***")]
    [InlineData("mysql -uroot -pa:Hunter2x9@home -P3306 shop", "mysql -u*** -p*** -P3306 shop")]
    [InlineData("exec mysql \"-pHunter2x9\" -p'two words' shop", "exec mysql \"-p*** -p*** shop")]
    public void Secret_AttachedToAShortOption_NeverRemains(string argument, string expected) => Assert.Equal($"app {expected}", CommandLineRedaction.Redact(["app", argument]));

    [Theory]
    [InlineData("dotnet /opt/shop/Checkout.dll --urls http://127.0.0.1:8080 --environment Production")]
    [InlineData("/usr/share/dotnet/dotnet exec --runtimeconfig /srv/app/Reports.runtimeconfig.json /srv/app/Reports.dll --workers 4")]
    [InlineData("./Catalog --exit-with-parent --Logging:LogLevel:Default=Warning")]
    [InlineData("java -Xmx2g -Dserver.port=8080 -cp /opt/shop/lib -parallel -pidfile /run/shop.pid -port8080 -p8080:80/tcp -urls http://127.0.0.1:8080 -prod -unix-socket=/run/s.sock")]
    [InlineData("dotnet run -p:PublishDir=/srv/shop -p:UseAppHost=false -k250ms -pathbase /shop")]
    [InlineData("http://shipping-pinned.example/tokyo /opt/keyboard/monk.dll --design=x")]
    public void Line_WithoutSecrets_StaysReadable(string line) => Assert.Equal(line, CommandLineRedaction.Redact(line.Split(' ')));

    [Fact]
    public void Line_Hostile_IsBoundedAndClean()
    {
        var line = CommandLineRedaction.Redact([.. Enumerable.Repeat("\u001b[31m\u202eevil\r\n" + new string('a', 100), 10_000)]);
        Assert.InRange(line.Length, 1, 2048);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.DoesNotContain('\u202e', line);
    }

    [Fact]
    public void Anything_IsNeverAnError() => Gen.String.Array[0, 20].Sample(arguments => CommandLineRedaction.Redact(arguments).Length <= 2048);

    [Fact]
    public void Argument_MadeToBacktrack_EndsSoon()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        CommandLineRedaction.Redact([new string('a', 4000) + "!", string.Concat(Enumerable.Repeat("key-", 1000)), string.Concat(Enumerable.Repeat("a://", 1000)), new string('-', 4000)]);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), watch.Elapsed.ToString());
    }

    private static void AssertGone((string Secret, string[] Arguments) planted)
    {
        var line = CommandLineRedaction.Redact(["dotnet", "App.dll", .. planted.Arguments]);
        Assert.DoesNotContain(planted.Secret, line, StringComparison.Ordinal);
        Assert.StartsWith("dotnet App.dll ", line, StringComparison.Ordinal);
    }

    private static int LongestCommonRun(string secret, string line)
    {
        var longest = 0;
        for (var start = 0; start < secret.Length; start++)
            while (start + longest < secret.Length && line.Contains(secret.Substring(start, longest + 1), StringComparison.Ordinal)) longest++;
        return longest;
    }
}

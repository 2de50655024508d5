using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using FleetProf.Cli.Server;
using FleetProf.Cli.Tests.Stub;
using FleetProf.TestKit.Processes;

namespace FleetProf.Cli.Tests.Server;

public sealed class ServerConnectionTests : IDisposable
{
    private readonly StubPortal _portal = new StubPortal().On("GET /api/v1/services", Samples.Services);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-cli-");

    [Fact]
    public async Task Connection_InDataFolder_IsFound()
    {
        WriteConnection(_portal.Url, StubPortal.Token);

        Assert.Equal(0, (await RunAsync([], "services", "--data", _folder.FullName)).ExitCode);
    }

    [Fact]
    public async Task Connection_Nowhere_SaysHowToStartOne()
    {
        var run = await RunAsync([], "services", "--data", _folder.FullName);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("fleetprof demo", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task Connection_ThatCannotBeRead_IsNotCalledMissing()
    {
        _folder.CreateSubdirectory(Connection.FileName);

        var run = await RunAsync([], "services", "--data", _folder.FullName);
        var needsNone = await RunAsync([], "services", "--data", _folder.FullName, "--url", _portal.Url, "--token", StubPortal.Token);

        Assert.Equal((ExitCode.Usage, ExitCode.Success), (run.ExitCode, needsNone.ExitCode));
        Assert.Contains($"{Path.Combine(_folder.FullName, Connection.FileName)} cannot be read", run.Error, StringComparison.Ordinal);
    }

    /// <summary>A repository may bring such a file: read as more arguments it would name the portal that the token goes to.</summary>
    [Fact]
    public async Task Value_ThatBeginsWithAt_IsAValueAndNoFile()
    {
        var file = Path.Combine(_folder.FullName, "x.rsp");
        await File.WriteAllTextAsync(file, "--url http://127.0.0.1:1", TestContext.Current.CancellationToken);
        _portal.On("POST /api/v1/holds", Samples.Hold);
        string[] reasons = [$"@{file}", "@ann: GC storm"];

        foreach (var reason in reasons)
        {
            Assert.Equal(ExitCode.Success, (await CliRun.OfAsync(_portal, "hold", "place", "--reason", reason)).ExitCode);
        }

        Assert.Equal(reasons, _portal.Requests.Select(request => JsonNode.Parse(request.Body)!["reason"]!.ToString()));
    }

    [Fact]
    public async Task Option_AndVariable_OptionWins()
    {
        var run = await RunAsync(new() { ["FLEETPROF_URL"] = "http://127.0.0.1:1", ["FLEETPROF_TOKEN"] = "wrong" }, "services", "--url", _portal.Url, "--token", StubPortal.Token);

        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Data_Named_WinsOverTheVariables()
    {
        WriteConnection(_portal.Url, StubPortal.Token);

        var run = await RunAsync(new() { ["FLEETPROF_URL"] = "http://127.0.0.1:1", ["FLEETPROF_TOKEN"] = "wrong" }, "services", "--data", _folder.FullName);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Data_NamedWithoutAConnection_IsNotReplacedByTheVariables()
    {
        Assert.Equal(ExitCode.Unreachable, (await CliRun.OfAsync(_portal, "services", "--data", _folder.FullName)).ExitCode);
        Assert.Empty(_portal.Requests);
    }

    [Fact]
    public async Task Data_Empty_IsAUsageError() => Assert.Equal(ExitCode.Usage, (await RunAsync([], "services", "--data", "")).ExitCode);

    /// <summary>Nobody has named the file: it may have come with a repository, and its address be somebody else's.</summary>
    [Theory]
    [InlineData("https://portal.invalid:8443", false, ExitCode.Auth)]
    [InlineData("https://portal.invalid:8443", true, ExitCode.Unreachable)]
    [InlineData("http://127.0.0.1:1", false, ExitCode.Unreachable)]
    public async Task Token_BesideAFile_GoesToItsAddressOnlyWhereThatIsNamedOrThisHost(string url, bool isNamed, int expected)
    {
        WriteConnection(url, "of-the-file");

        var failure = await Assert.ThrowsAsync<CommandFailedException>(async () =>
        {
            using var server = ServerConnection.Open(null, StubPortal.Token, _folder.FullName, isNamed);
            await server.GetAsync<JsonElement>("api/v1/services", TestContext.Current.CancellationToken);
        });

        Assert.Equal(expected, failure.ExitCode);
        string[] sources = ["FLEETPROF_TOKEN", Path.Combine(_folder.FullName, Connection.FileName)];
        Assert.All(sources, source => Assert.Equal(expected == ExitCode.Auth, failure.Message.Contains(source, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Token_BesideAFileOfThisHost_IsTheOneThatIsSent()
    {
        WriteConnection(_portal.Url, "of-the-file");
        using var server = ServerConnection.Open(null, StubPortal.Token, _folder.FullName);

        await server.GetAsync<JsonElement>("api/v1/services", TestContext.Current.CancellationToken);

        Assert.Equal($"Bearer {StubPortal.Token}", Assert.Single(_portal.Requests).Authorization);
    }

    [Fact]
    public async Task Token_WithTheLineBreakOfItsFile_IsGood()
    {
        var run = await RunAsync(new() { ["FLEETPROF_URL"] = $"{_portal.Url}\n", ["FLEETPROF_TOKEN"] = $"{StubPortal.Token}\n" }, "services");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("se cret")]
    [InlineData("se\ncret")]
    [InlineData("s\u00e9cret")]
    public async Task Token_Malformed_IsAUsageErrorThatDoesNotPrintIt(string token)
    {
        var run = await RunAsync(new() { ["FLEETPROF_URL"] = _portal.Url }, "services", "--token", token);

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Out));
        Assert.DoesNotContain("cret", run.Error, StringComparison.Ordinal);
        Assert.Empty(_portal.Requests);
    }

    /// <summary>In a process of its own, for its variables are read once. Who is named there takes the connection and never answers.</summary>
    [Fact]
    public async Task Portal_OfThisHost_IsAskedPastTheProxy()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var environment = new Dictionary<string, string> { ["http_proxy"] = $"http://{proxy.LocalEndpoint}", ["no_proxy"] = "", ["FLEETPROF_URL"] = _portal.Url, ["FLEETPROF_TOKEN"] = StubPortal.Token };

        await using var run = FleetProfProcess.StartWith(environment, "services");

        Assert.True(await run.UntilEndAsync(TimeSpan.FromMinutes(2)) == ExitCode.Success, run.Said);
        Assert.False(proxy.Pending());
    }

    [Fact]
    public async Task Token_OfAnotherPortal_IsNotSent()
    {
        WriteConnection("http://127.0.0.1:9", "secret of another");

        var run = await RunAsync([], "services", "--url", _portal.Url, "--data", _folder.FullName);

        Assert.Equal(ExitCode.Auth, run.ExitCode);
        Assert.Empty(_portal.Requests);
    }

    [Fact]
    public async Task Token_OfThePortalsLocalAddress_IsKnown()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "connection.json"), JsonSerializer.Serialize(new { url = "https://portal.example", token = StubPortal.Token, localUrl = _portal.Url }));

        Assert.Equal(0, (await RunAsync([], "services", "--url", _portal.Url, "--data", _folder.FullName)).ExitCode);
    }

    [Fact]
    public async Task Token_OfAPortalWithTls_IsNotSentWithoutIt()
    {
        WriteConnection(_portal.Url.Replace("http:", "https:", StringComparison.Ordinal), StubPortal.Token);

        Assert.Equal(ExitCode.Auth, (await RunAsync([], "services", "--url", _portal.Url, "--data", _folder.FullName)).ExitCode);
        Assert.Empty(_portal.Requests);
    }

    [Fact]
    public async Task Token_Wrong_IsAnAuthFailure() =>
        Assert.Equal(ExitCode.Auth, (await RunAsync(new() { ["FLEETPROF_URL"] = _portal.Url, ["FLEETPROF_TOKEN"] = "wrong" }, "services")).ExitCode);

    [Fact]
    public async Task Portal_NotListening_IsUnreachable()
    {
        var run = await RunAsync(new() { ["FLEETPROF_URL"] = "http://127.0.0.1:1", ["FLEETPROF_TOKEN"] = "t" }, "services");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portal_WithAnUntrustedCertificate_SaysThatAndWhatToDo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var presented = PresentCertificateAsync(listener);

        var run = await RunAsync(new() { ["FLEETPROF_TOKEN"] = "t" }, "services", "--url", $"https://{listener.LocalEndpoint}");

        await presented;
        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("certificate is invalid", run.Error, StringComparison.Ordinal);
        Assert.Contains("SSL_CERT_FILE", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("not an address")]
    public async Task Url_Malformed_IsAUsageError(string url) =>
        Assert.Equal(ExitCode.Usage, (await RunAsync(new() { ["FLEETPROF_TOKEN"] = "t" }, "services", "--url", url)).ExitCode);

    [Theory]
    [InlineData("http://portal.invalid:8080", false, ExitCode.Usage)]
    [InlineData("http://203.0.113.7", false, ExitCode.Usage)]
    [InlineData("http://portal.invalid:8080", true, ExitCode.Unreachable)]
    [InlineData("https://portal.invalid:8443", false, ExitCode.Unreachable)]
    [InlineData("http://localhost:1", false, ExitCode.Unreachable)]
    [InlineData("http://[::1]:1", false, ExitCode.Unreachable)]
    public async Task Token_ForAnotherHostWithoutTls_IsSentOnlyWhereThatIsAllowed(string url, bool isAllowed, int expected)
    {
        string[] arguments = ["services", "--url", url, .. isAllowed ? (string[])["--allow-plain-http"] : []];

        var run = await RunAsync(new() { ["FLEETPROF_TOKEN"] = "t" }, arguments);

        Assert.Equal(expected, run.ExitCode);
        Assert.Equal(expected == ExitCode.Usage, run.Error.Contains("--allow-plain-http", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(400, ExitCode.Usage)]
    [InlineData(404, ExitCode.Usage)]
    [InlineData(409, ExitCode.Usage)]
    [InlineData(403, ExitCode.Auth)]
    [InlineData(429, ExitCode.Unreachable)]
    [InlineData(500, ExitCode.Unreachable)]
    [InlineData(502, ExitCode.Unreachable)]
    [InlineData(503, ExitCode.Unreachable)]
    public async Task Problem_OfThePortal_BecomesMessageAndExitCode(int status, int expected)
    {
        using var portal = new StubPortal().On("GET /api/v1/services", StubAnswer.Problem(status, "what to do"));

        var run = await CliRun.OfAsync(portal, "services");

        Assert.Equal((expected, "fleetprof: what to do\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData(200, "broke off")]
    [InlineData(503, "answered 503")]
    public async Task Answer_CutOff_IsUnreachable(int status, string expected)
    {
        using var portal = new StubPortal().On("GET /api/v1/services", new StubAnswer(status, "application/json", "[]"u8.ToArray(), MissingBytes: 10));

        var run = await CliRun.OfAsync(portal, "services");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "nothing came for 60 s")]
    [InlineData(503, "answered 503")]
    public async Task Answer_ThatStalls_IsUnreachable(int status, string expected)
    {
        using var portal = new StubPortal().On("GET /api/v1/services", new StubAnswer(status, "application/json", "["u8.ToArray(), MissingBytes: 10) { IsStalled = true });
        using var server = ServerConnection.Open(portal.Url, StubPortal.Token, _folder.FullName, clock: new HurriedClock());

        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => server.GetAsync<JsonElement>("api/v1/services", TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OfSomethingElse_IsNotTakenForAPortal()
    {
        using var portal = new StubPortal().On("GET /api/v1/services", StubAnswer.Text("<html>router login</html>"));

        var run = await CliRun.OfAsync(portal, "services");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("does not answer like a FleetProf portal", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validation_OfThePortal_NamesEveryField()
    {
        using var portal = new StubPortal().On(
            "POST /api/v1/captures", new { title = "The request is not valid", status = 400, errors = new Dictionary<string, string[]> { ["service"] = ["unknown"], ["kind"] = ["odd"] } }, 400);

        var run = await CliRun.OfAsync(portal, "capture", "nope", "--kind", "trace");

        Assert.Equal((ExitCode.Usage, "fleetprof: service: unknown; kind: odd\n"), (run.ExitCode, run.Error));
    }

    public void Dispose()
    {
        _portal.Dispose();
        _folder.Delete(recursive: true);
    }

    private void WriteConnection(string url, string token) =>
        File.WriteAllText(Path.Combine(_folder.FullName, "connection.json"), JsonSerializer.Serialize(new { url, token, loginUrl = "x" }));

    /// <summary>To the first that comes, one that no authority stands behind.</summary>
    private static async Task PresentCertificateAsync(TcpListener listener)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=portal", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            // As it should.
        }
    }

    private static Task<CliRun> RunAsync(Dictionary<string, string> environment, params string[] args) => CliRun.OfAsync(environment, args);
}

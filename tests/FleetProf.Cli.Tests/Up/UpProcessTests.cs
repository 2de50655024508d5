using System.Net;
using System.Net.Sockets;
using FleetProf.Cli.Agents;
using FleetProf.Cli.Server;
using FleetProf.Cli.Tests.Agents;
using FleetProf.Cli.Up;
using FleetProf.TestKit.Processes;

namespace FleetProf.Cli.Tests.Up;

/// <summary>`up` as a user has it: a real silo and a real portal as its children.</summary>
public sealed class UpProcessTests : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(1);

    private readonly string _data = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;

    [Fact]
    public async Task Up_PartsAreKilled_StartsThemAgainAndLosesNoToken()
    {
        await using var up = FleetProfProcess.Start("up", "--data", _data, "--port", "0", "--no-agent", "--no-browser");
        var link = await up.UntilSaidAsync("/login?t=", StartLimit);
        Assert.Equal(HttpStatusCode.Found, await StatusOfAsync(link));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(_data, Connection.FileName)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var token = Connection.Read(_data)!.Token;

        var silo = up.Child("FleetProf.Silo");
        var portal = up.Child("FleetProf.Portal");
        await FleetProfProcess.SignalAsync(silo.Pid, "KILL");
        await FleetProfProcess.SignalAsync(portal.Pid, "KILL");
        await up.UntilSaidAsync("silo: was killed (signal 9); starting it again", EndLimit);
        await up.UntilSaidAsync("portal: was killed (signal 9); starting it again", EndLimit);
        await UntilLoginWorksAsync(link);

        Assert.Equal(token, Connection.Read(_data)!.Token);
        Assert.NotEqual(silo, up.Child("FleetProf.Silo"));

        await FleetProfProcess.SignalAsync(up.Pid, "TERM");
        var children = up.Children();
        await up.UntilEndAsync(EndLimit);
        await RunningProcess.UntilGoneAsync(children, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Up_IsKilled_LeavesNoProcessBehind()
    {
        await using var up = FleetProfProcess.Start("up", "--data", _data, "--port", "0", "--no-agent", "--no-browser");
        await up.UntilSaidAsync("/login?t=", StartLimit);
        var children = up.Children();
        Assert.True(children.Count >= 2, up.Said);

        await FleetProfProcess.SignalAsync(up.Pid, "KILL");

        await RunningProcess.UntilGoneAsync(children, EndLimit);
    }

    [Fact]
    public async Task Up_WithATime_EndsByItself()
    {
        var (code, said) = await FleetProfProcess.RunAsync("up", "--data", _data, "--port", "0", "--no-agent", "--no-browser", "--for", "0.1s");

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("/login?t=", said, StringComparison.Ordinal);
    }

    /// <summary>Who is named there takes the connection and never answers.</summary>
    [Fact]
    public async Task Up_WithAProxyInItsEnvironment_AsksItsPartsPastIt()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        await using var up = FleetProfProcess.StartWith(
            new() { ["http_proxy"] = $"http://{proxy.LocalEndpoint}", ["no_proxy"] = "" }, "up", "--data", _data, "--port", "0", "--no-agent", "--no-browser", "--for", "0.1s");

        Assert.True(await up.UntilEndAsync(StartLimit) == ExitCode.Success, up.Said);
        Assert.False(proxy.Pending());
    }

    /// <summary>The certificate may not even be renewed any more, so this host joins like a new one, by itself.</summary>
    [Fact]
    public async Task Up_AfterLongTimeOff_HasItsOwnHostBack()
    {
        var agent = Directory.CreateDirectory(Path.Combine(_data, "agent")).FullName;
        var enrolment = WrittenEnrolment.Write(agent, endsAt: DateTimeOffset.UtcNow.AddDays(-4));

        await using var up = FleetProfProcess.Start("up", "--data", _data, "--port", "0", "--no-browser", "--enrol", "--listen", $"127.0.0.1:{PairOfPorts()}");
        await up.UntilSaidAsync("/login?t=", StartLimit);

        Assert.NotEqual(enrolment, await File.ReadAllTextAsync(Path.Combine(agent, JoinedHost.FileName), TestContext.Current.CancellationToken));
        Assert.False(JoinedHost.IsOver(agent, DateTimeOffset.UtcNow));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    /// <summary>Hosts join at the port after that of the agents.</summary>
    private static int PairOfPorts()
    {
        while (true)
        {
            var port = FreePort.Next();
            if (FreePorts.IsFree(port + 1))
            {
                return port;
            }
        }
    }

    private static async Task<HttpStatusCode> StatusOfAsync(string url)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(url, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>False too where nobody listens just then.</summary>
    private static async Task<bool> IsTakenAsync(string link)
    {
        try
        {
            return await StatusOfAsync(link) == HttpStatusCode.Found;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A new link appears when the portal has found the silo again.</summary>
    private async Task UntilLoginWorksAsync(string before)
    {
        var until = DateTime.UtcNow + StartLimit;
        while (Connection.Read(_data)?.LoginUrl is not { } link || link == before || !await IsTakenAsync(link))
        {
            Assert.True(DateTime.UtcNow < until, "The portal did not come back.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}

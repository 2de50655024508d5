using System.Net;
using System.Net.Sockets;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Tests.Up;

public sealed class UpCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5:7443")]
    [InlineData("10.0.0.5:9000", "10.0.0.5:9000")]
    [InlineData("[::1]", "[::1]:7443")]
    [InlineData("[::1]:9000", "[::1]:9000")]
    public void WithPort_Address_HasAPort(string address, string expected) => Assert.Equal(expected, UpCommand.WithPort(address));

    [Theory]
    [InlineData("127.0.0.1:7443", true)]
    [InlineData("[::1]:7443", true)]
    [InlineData("localhost:7443", true)]
    [InlineData("0.0.0.0:7443", false)]
    [InlineData("10.0.0.5:7443", false)]
    public void IsLoopback_Address_SaysWhetherOthersReachIt(string listen, bool expected) => Assert.Equal(expected, UpCommand.IsLoopback(listen));

    [Fact]
    public async Task Up_TakenPort_SaysSoAndStartsNothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var run = await RunAsync("up", "--data", _folder, "--port", $"{port}");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains($"Port {port} cannot be used", run.Error, StringComparison.Ordinal);
        Assert.Contains("--port 0", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "logs")));
    }

    [Theory]
    [InlineData("--port", "70000", "no port")]
    [InlineData("--for", "soon", "time span")]
    [InlineData("--for", "60d", "longer than 49d")]
    public async Task Up_WrongOption_IsRefused(string option, string value, string expected)
    {
        var run = await RunAsync("up", "--data", _folder, option, value);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_FolderInUse_NamesIt()
    {
        using var held = FolderLock.Take(_folder);

        var run = await RunAsync("up", "--data", _folder, "--port", "0");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains($"uses {_folder}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_LockThatCannotBeOpened_IsNotCalledAnotherUp()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "fleetprof.lock"));

        var run = await RunAsync("up", "--data", _folder, "--port", "0");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("fleetprof.lock cannot be opened", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Another", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.5:7443", "10.0.0.5:7444")]
    [InlineData("[::]:9000", "[::]:9001")]
    public void EnrolmentOf_AgentAddress_IsThePortAfterIt(string agents, string expected) => Assert.Equal(expected, UpCommand.EnrolmentOf(agents));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(new Dictionary<string, string>(), args);
}

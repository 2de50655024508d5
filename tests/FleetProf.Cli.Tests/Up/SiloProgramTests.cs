using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FleetProf.TestKit.Processes;

namespace FleetProf.Cli.Tests.Up;

/// <summary>Verbs that the silo's program carries out, as a user runs them.</summary>
public sealed class SiloProgramTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-silo-verbs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Backup_ThatFails_EndsWithTheCodeThatTheGuidesName()
    {
        var (code, said) = await FleetProfProcess.RunAsync("backup", Path.Combine(folder, "backup"), "--silo-folder", Path.Combine(folder, "silo"));

        Assert.True(code == ExitCode.Usage, $"{code}: {said}");
        Assert.Contains("There is no catalog in", said, StringComparison.Ordinal);
        Assert.Contains($"\nIt ends with {code} ", await ReadGuideAsync("install.md"), StringComparison.Ordinal);
        Assert.Contains($"it finds none, it ends with {code}.", await ReadGuideAsync("postgresql.md"), StringComparison.Ordinal);
    }

    /// <summary>The database takes the connection and never answers.</summary>
    [Fact]
    public async Task Migrate_ThatIsTerminated_LeavesNoProcessBehind()
    {
        using var database = new TcpListener(IPAddress.Loopback, 0);
        database.Start();
        var port = ((IPEndPoint)database.LocalEndpoint).Port;
        var environment = new Dictionary<string, string> { ["FleetProf__Silo__Database"] = $"Host=127.0.0.1;Port={port};Database=fleetprof;Username=fleetprof;Password=x;Timeout=600" };
        await using var run = FleetProfProcess.StartWith(environment, "migrate", "--silo-folder", folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var connection = await database.AcceptTcpClientAsync(limit.Token);
        var silo = run.Child("FleetProf.Silo");

        await FleetProfProcess.SignalAsync(run.Pid, "TERM");

        Assert.True(await run.UntilEndAsync(TimeSpan.FromMinutes(1)) == ExitCode.Interrupted, run.Said);
        await RunningProcess.UntilGoneAsync([silo], TimeSpan.FromSeconds(1));
    }

    private static Task<string> ReadGuideAsync(string name, [CallerFilePath] string here = "") =>
        File.ReadAllTextAsync(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "guides", name)));
}

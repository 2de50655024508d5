using System.Diagnostics;
using FleetProf.Silo.Hosting;
using FleetProf.TestKit.Processes;

namespace FleetProf.Silo.Tests.Hosting;

/// <summary>A real silo process on free ports.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly string dataFolder;
    private readonly string workingFolder;
    private readonly int[] ports = [FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next()];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process? process;

    /// <param name="dataFolder">Its own.</param>
    /// <param name="workingFolder">It is started in. Empty: that of the tests.</param>
    public SiloProcess(string dataFolder, string workingFolder = "") => (this.dataFolder, this.workingFolder) = (dataFolder, workingFolder);

    public int GatewayPort => ports[3];

    public Uri Http(string path) => new($"http://127.0.0.1:{ports[1]}{path}");

    public Uri Agents(string path) => new($"http://127.0.0.1:{ports[0]}{path}");

    public Process Process => process ?? throw new InvalidOperationException("The silo was not started.");

    /// <summary>Runs the silo to its end.</summary>
    public static Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments) => RunAsync(StartInfo(arguments));

    /// <summary>Like the static one, with this silo's folders and ports.</summary>
    public Task<(int ExitCode, string Errors)> RunToEndAsync(params string[] more) => RunAsync(StartInfo([.. Arguments(), .. more], workingFolder));

    private static async Task<(int ExitCode, string Errors)> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await output;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, errors);
        }
        finally
        {
            Kill(process);
        }
    }

    public async Task StartAsync(params string[] more)
    {
        process?.Dispose();
        process = Process.Start(StartInfo([.. Arguments(), .. more], workingFolder))!;
        _ = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!await IsReadyAsync())
        {
            Assert.False(process.HasExited, process.HasExited ? await errors : "");
            await Task.Delay(100, limit.Token);
        }
    }

    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
    }

    /// <summary>How long the silo takes to end by itself.</summary>
    public async Task<TimeSpan> UntilExitAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Process.WaitForExitAsync(limit.Token);
        return Stopwatch.GetElapsedTime(started);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            Kill(process);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        http.Dispose();
    }

    private string[] Arguments() =>
    [
        $"--FleetProf:Silo:DataFolder={dataFolder}",
        $"--FleetProf:Silo:AgentListen=127.0.0.1:{ports[0]}",
        $"--FleetProf:Silo:HttpListen=127.0.0.1:{ports[1]}",
        $"--FleetProf:Silo:SiloPort={ports[2]}",
        $"--FleetProf:Silo:GatewayPort={ports[3]}",
    ];

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await http.GetAsync(Http("/health/ready"))).IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static ProcessStartInfo StartInfo(string[] arguments, string workingFolder = "")
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = workingFolder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(SiloOptions).Assembly.Location);
        arguments.ToList().ForEach(start.ArgumentList.Add);
        return start;
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

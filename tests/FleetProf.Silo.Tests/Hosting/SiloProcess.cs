using System.Diagnostics;
using FleetProf.Silo.Hosting;
using FleetProf.TestKit.Processes;

namespace FleetProf.Silo.Tests.Hosting;

/// <summary>A real silo process on free ports.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly string dataFolder;
    private readonly int[] ports = [FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next()];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process? process;

    public SiloProcess(string dataFolder) => this.dataFolder = dataFolder;

    public int GatewayPort => ports[3];

    public Uri Http(string path) => new($"http://127.0.0.1:{ports[1]}{path}");

    public Uri Agents(string path) => new($"http://127.0.0.1:{ports[0]}{path}");

    public Process Process => process ?? throw new InvalidOperationException("The silo was not started.");

    /// <summary>Runs the silo to its end.</summary>
    public static async Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(StartInfo(arguments))!;
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

    /// <summary>Like the static one, with this silo's folder and ports.</summary>
    public Task<(int ExitCode, string Errors)> RunToEndAsync(params string[] more) => RunAsync([.. Arguments(), .. more]);

    public async Task StartAsync(params string[] more)
    {
        process?.Dispose();
        process = Process.Start(StartInfo([.. Arguments(), .. more]))!;
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

    private static ProcessStartInfo StartInfo(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
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

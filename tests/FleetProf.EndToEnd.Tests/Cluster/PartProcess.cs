using System.Collections.Concurrent;
using System.Diagnostics;

namespace FleetProf.EndToEnd.Tests.Cluster;

/// <summary>A silo, portal or agent as a service manager starts it: a process of its own, which ends with this one.</summary>
internal sealed class PartProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    private PartProcess(Process process)
    {
        this.process = process;
        _ = PumpAsync(process.StandardOutput);
        _ = PumpAsync(process.StandardError);
    }

    public bool HasExited => process.HasExited;

    public string Said => string.Join('\n', lines);

    public static PartProcess Start(string assembly, Dictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var dll = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", assembly, "debug", $"{assembly}.dll"));
        var start = new ProcessStartInfo("dotnet", [dll, "--FleetProf:ExitWithParent=true", .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // No test judges its speed, and code that counts itself to be compiled once more costs the machine more than it gives back.
        start.Environment["DOTNET_TieredPGO"] = "0";
        environment.ToList().ForEach(variable => start.Environment[variable.Key] = variable.Value);
        return new(Process.Start(start) ?? throw new InvalidOperationException($"{assembly} did not start."));
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>As a service manager stops it; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await FleetProf.TestKit.Processes.FleetProfProcess.SignalAsync(process.Id, "TERM");
        await process.WaitForExitAsync().WaitAsync(EndLimit);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Fleet;

/// <summary>A silo, portal or agent as a service manager has it: it can be killed, stopped, suspended and started again. It ends with this process.</summary>
internal sealed class Part(string name, string assembly, IReadOnlyList<string> arguments, Action<string>? hear = null) : IAsyncDisposable
{
    private const int KeptLines = 400;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> lines = new();
    private Process? process;
    private Task pumps = Task.CompletedTask;
    private bool isEnded;

    public string Name => name;

    /// <summary>For the next start, beside this process's own. As units and images have it.</summary>
    public Dictionary<string, string> Environment { get; } = new() { ["MALLOC_ARENA_MAX"] = "2", ["MALLOC_TRIM_THRESHOLD_"] = "131072" };

    public bool IsRunning => process is { HasExited: false };

    public int Pid => process?.Id ?? throw new InvalidOperationException($"{name} was not started.");

    /// <summary>The last lines that it said.</summary>
    public string Said => string.Join('\n', lines);

    /// <summary>As it was built beside this program.</summary>
    public static string ProgramOf(string assembly)
    {
        var built = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", assembly, built, $"{assembly}.dll"));
    }

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [ProgramOf(assembly), "--FleetProf:ExitWithParent=true", .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Environment.ToList().ForEach(variable => start.Environment[variable.Key] = variable.Value);
        process?.Dispose();
        isEnded = false;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start.");
        pumps = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    /// <summary>kill -9; returns when everything that it had said is heard.</summary>
    public async Task KillAsync()
    {
        isEnded = true;
        process!.Kill();
        await process.WaitForExitAsync();
        await pumps;
    }

    /// <summary>As a service manager stops it: killed when it takes longer than a minute. True when it ended by itself and well.</summary>
    public async Task<bool> StopAsync()
    {
        isEnded = true;
        // What has ended by itself has its exit code all the same.
        await ProcessSignal.TrySendAsync(Pid, "TERM");
        try
        {
            await process!.WaitForExitAsync().WaitAsync(EndLimit);
            await pumps;
            return process.ExitCode == 0;
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return false;
        }
    }

    public Task SuspendAsync() => ProcessSignal.SendAsync(Pid, "STOP", isEnded);

    public Task ResumeAsync() => ProcessSignal.SendAsync(Pid, "CONT", isEnded || !IsRunning);

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        process?.Dispose();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {line}");
            while (lines.Count > KeptLines)
            {
                lines.TryDequeue(out _);
            }

            hear?.Invoke(line);
        }
    }
}

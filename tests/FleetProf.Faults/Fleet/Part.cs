using System.Collections.Concurrent;
using System.Diagnostics;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Fleet;

/// <summary>A silo, portal or agent as a service manager has it: it can be killed, stopped, suspended and started again. It ends with this process.</summary>
internal sealed class Part(string name, string assembly, IReadOnlyList<string> arguments, Action<string>? hear = null) : IAsyncDisposable
{
    private const int KeptLines = 400;

    private readonly ConcurrentQueue<string> lines = new();
    private Process? process;
    private Task pumps = Task.CompletedTask;
    private bool isEnded;

    public string Name => name;

    /// <summary>Whose program the next start takes.</summary>
    public Build Build { get; set; } = Build.Own;

    /// <summary>For the next start, beside this process's own. As units and images have it.</summary>
    public Dictionary<string, string> Environment { get; } = new() { ["MALLOC_ARENA_MAX"] = "2", ["MALLOC_TRIM_THRESHOLD_"] = "131072" };

    /// <summary>Within which it ends when it is asked to; else it is killed.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(60);

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Its exit code where it has ended without being killed or told to; else null.</summary>
    public int? OwnEnd => process is { HasExited: true } && !isEnded ? process.ExitCode : null;

    public int Pid => process?.Id ?? throw new InvalidOperationException($"{name} was not started.");

    /// <summary>The last lines that it said.</summary>
    public string Said => string.Join('\n', lines);

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [Build.ProgramOf(assembly), "--FleetProf:ExitWithParent=true", .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
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

    /// <summary>As a service manager restarts it. Throws <see cref="InvalidOperationException"/>, once it was started again, when it ran and did not end by itself and well.</summary>
    /// <param name="startAsync">Starts it again.</param>
    /// <param name="mayBeEnding">It may be about to end by itself, with whatever exit code that has.</param>
    public async Task RestartAsync(Func<Task> startAsync, bool mayBeEnding = false)
    {
        // What died of something else before is not this stop's matter.
        var isAsked = IsRunning;
        var code = await StopAsync();
        await startAsync();
        if (isAsked && (code is null || (code != 0 && !mayBeEnding)))
        {
            throw new InvalidOperationException($"{name} did not end by itself and well: {(code is null ? $"it was killed after {EndLimit.TotalSeconds:0} s" : $"its exit code was {code}")}.");
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
        process = null;
    }

    /// <summary>As a service manager stops it. Its exit code; null when it had to be killed.</summary>
    private async Task<int?> StopAsync()
    {
        isEnded = true;
        // What has ended by itself has its exit code all the same.
        await ProcessSignal.TrySendAsync(Pid, "TERM");
        try
        {
            await process!.WaitForExitAsync().WaitAsync(EndLimit);
            await pumps;
            return process.ExitCode;
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return null;
        }
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

using System.Collections.Concurrent;
using System.Diagnostics;

namespace FleetProf.TestKit.Processes;

/// <summary>The command line as a user runs it: a process of its own, from the build output.</summary>
public sealed class FleetProfProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly Task _pumps;
    private readonly List<RunningProcess> _seen = [];

    private FleetProfProcess(Process process)
    {
        _process = process;
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    public int Pid => _process.Id;

    /// <summary>Everything said so far, stdout and stderr in the order of arrival.</summary>
    public string Said => string.Join('\n', _lines);

    public static FleetProfProcess Start(params string[] arguments) => StartWith([], arguments);

    /// <summary>With variables beside this process's own, which its children inherit too.</summary>
    public static FleetProfProcess StartWith(Dictionary<string, string> environment, params string[] arguments) =>
        StartProgram(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "FleetProf.Cli", "debug", "fleetprof.dll")), environment, arguments);

    /// <summary>The same of another build, by the path of its fleetprof.dll.</summary>
    public static FleetProfProcess StartProgram(string program, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start) ?? throw new InvalidOperationException("fleetprof did not start."));
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments);
        return (await run.UntilEndAsync(TimeSpan.FromMinutes(5)), run.Said);
    }

    /// <summary>The first line that holds the text. Throws <see cref="TimeoutException"/> with everything said.</summary>
    public async Task<string> UntilSaidAsync(string text, TimeSpan limit)
    {
        var until = DateTime.UtcNow + limit;
        while (true)
        {
            if (_lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            if (_process.HasExited && _pumps.IsCompleted)
            {
                throw new InvalidOperationException($"fleetprof ended with code {_process.ExitCode} and never said '{text}':\n{Said}");
            }

            if (DateTime.UtcNow > until)
            {
                throw new TimeoutException($"fleetprof did not say '{text}' within {limit.TotalSeconds:0} s:\n{Said}");
            }

            await _news.WaitAsync(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>The exit code.</summary>
    public async Task<int> UntilEndAsync(TimeSpan limit)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit);
            await _pumps.WaitAsync(TimeSpan.FromSeconds(30));
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"fleetprof runs longer than {limit.TotalSeconds:0} s:\n{Said}");
        }
    }

    /// <summary>Its children now; each is remembered, so that <see cref="DisposeAsync"/> leaves none behind.</summary>
    public IReadOnlyList<RunningProcess> Children()
    {
        var children = RunningProcess.DescendantsOf(Pid);
        _seen.AddRange(children.Except(_seen));
        return children;
    }

    /// <summary>The child that runs this program, for example FleetProf.Silo.</summary>
    public RunningProcess Child(string assembly) =>
        Children().FirstOrDefault(child => child.CommandLine.Contains($"/{assembly}.dll", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"fleetprof has no child {assembly}:\n{Said}");

    /// <summary>Sends TERM, INT or KILL. Throws <see cref="InvalidOperationException"/> when it did not arrive.</summary>
    public static Task SignalAsync(int pid, string signal) => ProcessSignal.SendAsync(pid, signal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Children();
            // It may end by itself just now, and so may a child below.
            await ProcessSignal.TrySendAsync(Pid, "TERM");
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(EndLimit));
        }

        if (!_process.HasExited)
        {
            _process.Kill();
        }

        foreach (var left in _seen.Where(child => child.IsAlive))
        {
            await ProcessSignal.TrySendAsync(left.Pid, "KILL");
        }

        _process.Dispose();
        _news.Dispose();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
            _news.Release();
        }
    }
}

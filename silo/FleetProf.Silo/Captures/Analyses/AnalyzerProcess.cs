using System.Diagnostics;
using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures.Analyses;

/// <summary>
/// Runs the analyzer on one artifact as a child process that can harm nothing but itself: limited heap, CPU, elapsed time
/// and output; an empty environment; as far apart from network, processes and files as the host allows; killed with its children at a
/// limit, and when this silo dies.
/// </summary>
internal sealed class AnalyzerProcess(IsolationProbe isolation, IOptions<SiloOptions> silo, IOptions<CaptureOptions> captures, TimeProvider clock)
{
    private const int UnreadableExitCode = 3;
    private const int NoSpaceExitCode = 4;
    private const int KilledBySignal = 128;
    private const int SignalKill = 9;
    private const int SignalCpuTime = 24;

    private static readonly TimeSpan OutputCheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The CPU limit, lower priority, and the watch for our own death: standard input closes with the silo, however that
    /// dies. A line instead of the end says that the analyzer is gone already and its process id is not ours any more. The artifact is
    /// opened before the host's files are out of reach.
    /// </summary>
    private const string Launcher = """
        ulimit -t "$1"; ulimit -c 0; exec 4<"$2"; shift 2
        exec 3<&0
        (read -r over <&3 || kill -9 $$) >/dev/null 2>&1 4<&- &
        exec nice -n 5 "$@" </dev/null 3<&-
        """;

    /// <param name="kind">Kind of the capture.</param>
    /// <param name="input">The original artifact.</param>
    /// <param name="run">Folders of this run.</param>
    /// <param name="cancellationToken">Kills the analyzer.</param>
    /// <exception cref="InvalidOperationException">The analyzer is not installed.</exception>
    public async Task<AnalyzerOutcome> RunAsync(CaptureKind kind, string input, AnalysisFolder run, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(await isolation.LevelAsync(cancellationToken), kind, input, run) };
        process.Start();
        try
        {
            var errors = BoundedText.ReadAsync(process.StandardError, cancellationToken);
            var ignored = BoundedText.ReadAsync(process.StandardOutput, cancellationToken);
            if (await OverrunAsync(process, run.Path, cancellationToken) is { } overrun)
            {
                return new AnalyzerOutcome(AnalyzerEnd.Overran, overrun);
            }

            await DismissWatchAsync(process);
            await ignored;
            return Judge(process.ExitCode, await errors);
        }
        finally
        {
            await EndAsync(process);
        }
    }

    /// <summary>Waits for the end. Null when the analyzer ended by itself, else the limit that it overran.</summary>
    private async Task<string?> OverrunAsync(Process process, string folder, CancellationToken cancellationToken)
    {
        var limits = captures.Value;
        var started = clock.GetTimestamp();
        while (true)
        {
            using var tick = new CancellationTokenSource(OutputCheckInterval, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(tick.Token, cancellationToken);
            try
            {
                await process.WaitForExitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Time to look at the limits.
            }

            if (OutputBytes(folder) > limits.AnalyzerOutputBytes)
            {
                return $"The analyzer wrote more than {limits.AnalyzerOutputBytes} bytes.";
            }

            if (process.HasExited)
            {
                return null;
            }

            if (clock.GetElapsedTime(started) > limits.AnalyzerWallTime)
            {
                return $"The analyzer ran longer than {limits.AnalyzerWallTime}.";
            }
        }
    }

    private AnalyzerOutcome Judge(int seen, string errors)
    {
        var (exitCode, line) = AnalyzerRoom.EndOf(seen, errors);
        return exitCode switch
        {
            0 => new AnalyzerOutcome(AnalyzerEnd.Done),
            UnreadableExitCode => new AnalyzerOutcome(AnalyzerEnd.Unreadable, line.Length > 0 ? line : "The analyzer gave no reason."),
            NoSpaceExitCode => new AnalyzerOutcome(AnalyzerEnd.NoSpace, line),
            KilledBySignal + SignalCpuTime or KilledBySignal + SignalKill =>
                new AnalyzerOutcome(AnalyzerEnd.Overran, $"The analyzer used more than {captures.Value.AnalyzerCpuTime} of CPU time or ran out of memory. {line}".TrimEnd()),
            _ => new AnalyzerOutcome(AnalyzerEnd.Crashed, string.Create(CultureInfo.InvariantCulture, $"The analyzer crashed with exit code {exitCode}. {line}").TrimEnd()),
        };
    }

    private static long OutputBytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    private ProcessStartInfo StartInfo(IsolationLevel level, CaptureKind kind, string input, AnalysisFolder run)
    {
        var limits = captures.Value;
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = run.Temporary,
        };
        var cpuSeconds = ((long)limits.AnalyzerCpuTime.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var analyzer = AnalyzerCommand.Find(silo.Value.AnalyzerPath);
        string[] arguments =
        [
            "-c", Launcher, "analyzer", cpuSeconds, Path.GetFullPath(input),
            .. AnalyzerRoom.Before(level, analyzer, run, silo.Value.DataFolder),
            .. analyzer,
            "analyze", "--kind", kind.ToString().ToLowerInvariant(), "--input", OperatingSystem.IsLinux() ? "/proc/self/fd/4" : "/dev/fd/4", "--output", run.Output,
            "--max-output-bytes", limits.AnalyzerOutputBytes.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        FillEnvironment(start.Environment, limits, run.Temporary);
        return start;
    }

    /// <summary>Nothing is inherited but what finds the runtime: the silo's environment may hold secrets.</summary>
    internal static void FillEnvironment(IDictionary<string, string?> environment, CaptureOptions limits, string temporary)
    {
        string[] kept = ["PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "LD_LIBRARY_PATH"];
        var inherited = kept.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(entry => entry.Value is not null).ToList();
        environment.Clear();
        foreach (var (name, value) in inherited)
        {
            environment[name] = value;
        }

        environment["HOME"] = temporary;
        environment["TMPDIR"] = temporary;
        environment["DOTNET_GCHeapHardLimit"] = limits.AnalyzerHeapBytes.ToString("X", CultureInfo.InvariantCulture);
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_EnableDiagnostics"] = "0";
        if (limits.AnalyzerIsolation == AnalyzerIsolation.Off)
        {
            environment["FLEETPROF_ANALYZER_CONFINEMENT"] = "off";
        }
    }

    private static async Task EndAsync(Process process)
    {
        if (process.HasExited)
        {
            await DismissWatchAsync(process);
            return;
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static async Task DismissWatchAsync(Process process)
    {
        try
        {
            await process.StandardInput.WriteLineAsync("over");
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // The watch is gone already.
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace FleetProf.TestKit.Processes;

/// <summary>
/// A running GoProbe workload, built from source by the `go` of this machine: a real Go program that collects on command and tells its own
/// counts. It ends with this object, and at the end of this process however that comes about.
/// </summary>
public sealed class GoProbeProcess : IAsyncDisposable
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly SemaphoreSlim OneBuild = new(1, 1);
    private readonly Process process;
    private readonly string log;

    private GoProbeProcess(Process process, string log) => (this.process, this.log) = (process, log);

    public int Pid => process.Id;

    /// <summary>On 127.0.0.1; 0 without pprof.</summary>
    public int PprofPort { get; private set; }

    /// <summary>The program's source, which tests look lines up in.</summary>
    public static string SourcePath { get; } = PathFrom();

    private static string PathFrom([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../workloads/GoProbe/main.go"));

    /// <summary>Builds the program into a folder and returns its path. Throws with the compiler's words.</summary>
    public static async Task<string> BuildAsync(string folder) => (await BuildAsync(folder, [])).Program;

    /// <summary>The same with flags of go build, and what the compiler says then.</summary>
    public static async Task<(string Program, string Said)> BuildAsync(string folder, string[] flags)
    {
        var program = Path.Combine(folder, "goprobe");
        var start = new ProcessStartInfo("go", ["build", .. flags, "-o", program, SourcePath]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["CGO_ENABLED"] = "0";
        if (Environment.GetEnvironmentVariable("HOME") is null) start.Environment["GOCACHE"] = Path.Combine(folder, "cache");
        await OneBuild.WaitAsync();
        try
        {
            using var build = Process.Start(start)!;
            var said = build.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(BuildLimit);
            await build.WaitForExitAsync(limit.Token);
            return build.ExitCode == 0 ? (program, await said) : throw new InvalidOperationException($"The probe could not be built: {await said}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("There is no `go` on this machine; tests/run.sh installs it (Debian: golang-go).", missing);
        }
        finally
        {
            OneBuild.Release();
        }
    }

    /// <summary>Starts the program with gctrace, its standard error appended to a file by a shell, as an operator would.</summary>
    public static async Task<GoProbeProcess> StartAsync(string program, string log, bool hasPprof = false)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" 2>>\"$1\"", program, log]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["GODEBUG"] = "gctrace=1";
        if (hasPprof) start.Environment["GOPROBE_PPROF"] = "1";
        var probe = new GoProbeProcess(Process.Start(start) ?? throw new InvalidOperationException("The probe did not start."), log);
        var words = (await probe.ReadAnswerAsync("start")).Split(' ');
        if (words is not ["ready", var port]) throw new InvalidOperationException($"The probe said '{string.Join(' ', words)}' instead of 'ready'.");
        probe.PprofPort = int.Parse(port, CultureInfo.InvariantCulture);
        return probe;
    }

    /// <summary>Sends one command and returns the answer. Throws <see cref="TimeoutException"/> naming the command after a minute.</summary>
    public async Task<string> AskAsync(string command)
    {
        await process.StandardInput.WriteLineAsync(command);
        await process.StandardInput.FlushAsync();
        return await ReadAnswerAsync(command);
    }

    /// <summary>The program's own MemStats: NumGC, PauseTotalNs, NumForcedGC, TotalAlloc.</summary>
    public async Task<(long Gcs, double PauseMs, long Forced, long Allocated)> CountsAsync()
    {
        var words = (await AskAsync("counts")).Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (words[0], words[1] / 1e6, words[2], words[3]);
    }

    /// <summary>Whether a connection to its port is open now.</summary>
    public bool HasBeenAsked => File.ReadLines("/proc/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields[3] == "01" && fields[1].EndsWith($":{PprofPort:X4}", StringComparison.Ordinal));

    /// <summary>Waits until somebody asks its port. Throws <see cref="TimeoutException"/> after a minute.</summary>
    public async Task UntilAskedAsync()
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        while (!HasBeenAsked)
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"Nobody asked the port within {AnswerLimit.TotalSeconds} s.");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>Waits for the line of a collection, which the runtime writes after it has counted it. Throws <see cref="TimeoutException"/> after a minute.</summary>
    public async Task UntilLoggedAsync(long collection)
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        while (!(await File.ReadAllTextAsync(log, CancellationToken.None)).Contains($"gc {collection} @", StringComparison.Ordinal))
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"Collection {collection} was not logged within {AnswerLimit.TotalSeconds} s.");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>Ends the program as its operator would; it writes no more.</summary>
    public async Task EndAsync()
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await EndAsync();
        process.Dispose();
    }

    private async Task<string> ReadAnswerAsync(string command)
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        try
        {
            return await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"The probe ended during '{command}'.");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The probe did not answer '{command}' within {AnswerLimit.TotalSeconds} s.");
        }
    }
}

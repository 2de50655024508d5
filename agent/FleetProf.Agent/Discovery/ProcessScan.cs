using System.Globalization;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Discovery;

/// <summary>
/// Keeps the directory and the vitals in step with the processes of this host. A pass over processes already known costs a few
/// system calls each; only new, changed and troubled ones are examined. What touches a file of a target happens apart from the pass,
/// which waits for it only so long: a file system that hangs must not end the watch over all others.
/// </summary>
internal sealed partial class ProcessScan(
    ProcessExamination examination, InstanceDirectory directory, VitalsCollector vitals, LocalPolicy policy, AgentOptions options, TimeProvider time, ILogger<ProcessScan> logger)
{
    private const int ExaminedAtOnce = 4;

    // Each keeps a thread.
    private const int MostHanging = 16;
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);
    private readonly Dictionary<int, Seen> seen = [];
    private int hanging;
    private bool hasToldRefused;

    /// <summary>Looks are planned by the time from here on: a wall clock can be set back.</summary>
    private readonly long startedAt = time.GetTimestamp();

    /// <summary>Looks at one process; may take as long as it likes, and a thread with it.</summary>
    internal Func<ProcessStart, CancellationToken, Task<ExaminedProcess>> Examine { get; init; } = examination.ExamineAsync;

    private TimeSpan Now => time.GetElapsedTime(startedAt);

    /// <summary>Passes until cancelled. A pass that fails is logged and the next one tries again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.ScanInterval, time);
        try
        {
            do
            {
                try
                {
                    if (policy.Refresh()) directory.NotifyChanged();
                    await PassAsync(cancellationToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    LogPassFailed(error);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
        }
    }

    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        var running = ListProcesses();
        foreach (var (pid, process) in seen.Where(entry => !running.TryGetValue(entry.Key, out var start) || start != entry.Value.Start).ToList())
        {
            seen.Remove(pid);
            await ForgetAsync(process);
        }
        var now = Now;
        var due = new List<Seen>();
        foreach (var start in running.Values)
        {
            if (!seen.TryGetValue(start.Pid, out var process)) seen[start.Pid] = process = new Seen(start);
            if (IsDue(process, now)) due.Add(process);
        }
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = ExaminedAtOnce, CancellationToken = cancellationToken }, ExamineAsync);
        TellRefused();
    }

    /// <summary>Once, not for each: it is one cause, of the host or of how the agent is started.</summary>
    private void TellRefused()
    {
        var count = seen.Values.Count(process => process.IsRefused);
        if (count == 0 || hasToldRefused) return;
        hasToldRefused = true;
        LogRefused(count);
    }

    private bool IsDue(Seen process, TimeSpan now)
    {
        // What a look that took too long has found is taken once it has ended; until then there is no other.
        if (process.Look is { } look) return look.IsCompleted;
        // Of a healthy one the socket is looked at.
        return now >= process.NextLook || process.Instance is { Target: DotNetTarget } || process.Instance is null && LinuxFile.LinkTarget($"/proc/{process.Start.Pid}/exe") != process.Program;
    }

    private async ValueTask ExamineAsync(Seen process, CancellationToken cancellationToken)
    {
        try
        {
            if (await FinishedLookAsync(process, cancellationToken) is not { } look) return;
            process.Look = null;
            if (await look is { } sight) await TakeAsync(process, sight);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // What one process makes of itself must not end the watch over all others.
            process.Rest = LongestRest;
            process.NextLook = Now + LongestRest;
            LogFault(error, process.Start.Pid);
        }
    }

    /// <summary>The look at a process, begun now where none is under way; null while it has not ended.</summary>
    private async Task<Task<Sight?>?> FinishedLookAsync(Seen process, CancellationToken cancellationToken)
    {
        if (process.Look is null && Volatile.Read(ref hanging) >= MostHanging) return null;
        var isDue = Now >= process.NextLook || process.Instance?.Target is not DotNetTarget target || !vitals.IsWatching(target.InstanceId);
        var (start, healthy) = (process.Start, isDue ? null : process.Instance?.Target as DotNetTarget);
        var look = process.Look ??= Task.Run(() => LookAsync(start, healthy, cancellationToken), cancellationToken);
        await ((Task)look).WaitAsync(LookLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (look.IsCompleted) return look;
        if (Interlocked.Increment(ref hanging) == MostHanging) LogManyHang(MostHanging);
        _ = look.ContinueWith(_ => Interlocked.Decrement(ref hanging), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        LogHangs(process.Start.Pid, LookLimit.TotalSeconds);
        return null;
    }

    /// <summary>Touches nothing of the scan: it may end long after its pass, and after its process.</summary>
    /// <param name="start">Whom to look at.</param>
    /// <param name="healthy">To be examined only if its socket's file is gone; null: in any case.</param>
    /// <param name="cancellationToken">Ends the examination.</param>
    /// <returns>Null when there was nothing to examine.</returns>
    private async Task<Sight?> LookAsync(ProcessStart start, DotNetTarget? healthy, CancellationToken cancellationToken)
    {
        if (healthy is not null && LinuxFile.FactsOf(healthy.Endpoint.SocketPath) is not null) return null;
        var program = LinuxFile.LinkTarget($"/proc/{start.Pid}/exe");
        return new Sight(program, await Examine(start, cancellationToken));
    }

    private async Task TakeAsync(Seen process, Sight sight)
    {
        var (program, examined) = sight;
        // Rests grow: most processes of a host never become .NET, and most problems need a person.
        var isQuickAgain = examined.Kind == ExaminedKind.Unready || program != process.Program;
        process.Rest = isQuickAgain ? options.ScanInterval : process.Rest * 2 < LongestRest ? process.Rest * 2 : LongestRest;
        process.Program = program;
        process.IsRefused = examined.IsRefused;
        process.NextLook = examined.Instance is { Description.Problem: InstanceProblem.None } ? TimeSpan.MaxValue : Now + process.Rest;
        if (examined.Instance is { } instance) Remember(process, instance);
        else if (examined.Kind != ExaminedKind.Unready) await ForgetAsync(process);
    }

    private void Remember(Seen process, KnownInstance instance)
    {
        var isNew = process.Instance is null;
        if (process.Instance is { } earlier) KeepWhatFilesSaid(instance.Description, earlier.Description);
        process.Instance = instance;
        directory.Put(instance);
        // A session that is open stays: it outlives the loss of its socket's file.
        if (instance.Target is DotNetTarget target) vitals.Watch(new WatchedInstance(target.InstanceId, target.Endpoint));
        var description = instance.Description;
        if (isNew) LogFound(description.Service, description.Version, description.Pid, description.Runtime);
        if (description.Problem != InstanceProblem.None && process.Problem != description.Problem) LogProblem(description.Service, description.Pid, description.Problem, description.ProblemDetail);
        process.Problem = description.Problem;
    }

    /// <summary>What the program's files said first is of this process; they may have been replaced since, and their clock may have been set.</summary>
    private static void KeepWhatFilesSaid(Instance now, Instance earlier)
    {
        if (now.EntryAssembly != earlier.EntryAssembly) return;
        if (earlier.Version.Length > 0) now.Version = earlier.Version;
        if (now.GcMode.Length > 0 || earlier.GcMode.Length == 0) return;
        now.GcMode = earlier.GcMode;
        foreach (var (name, value) in earlier.GcSettings) now.GcSettings[name] = value;
    }

    private async Task ForgetAsync(Seen process)
    {
        if (process.Instance is not { } instance) return;
        process.Instance = null;
        // The last windows belong to an instance that the silo still knows.
        try
        {
            await vitals.UnwatchAsync(instance.InstanceId);
        }
        finally
        {
            directory.Remove(instance.InstanceId);
        }
        LogEnded(instance.Description.Service, instance.Description.Pid);
    }

    private Dictionary<int, ProcessStart> ListProcesses()
    {
        var processes = new Dictionary<int, ProcessStart>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(path.AsSpan("/proc/".Length), CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId) continue;
            if (ProcessStart.Read(pid, out var isUnknown) is { } start) processes[pid] = start;
            // What cannot be looked at now has not ended.
            else if (isUnknown && seen.TryGetValue(pid, out var known)) processes[pid] = known.Start;
        }
        return processes;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Found {Service} {Version} (process {Pid}, {Runtime})")]
    private partial void LogFound(string service, string version, int pid, string runtime);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} (process {Pid}) has ended")]
    private partial void LogEnded(string service, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service} (process {Pid}): {Problem}. {Detail}")]
    private partial void LogProblem(string service, int pid, InstanceProblem problem, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} of the processes of this host may not be looked into, although the agent has the right to (SYS_PTRACE); services among them are not seen. Most likely AppArmor or SELinux confines the agent, or /proc is mounted with hidepid: docs/guides/install.md, Agents")]
    private partial void LogRefused(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A look at the processes of this host failed; the next one tries again")]
    private partial void LogPassFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Process {Pid} could not be examined; it is looked at again in some minutes")]
    private partial void LogFault(Exception error, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {Pid} could not be examined within {Seconds} s; look whether a file system that it uses hangs. The look at it goes on, and no other is begun")]
    private partial void LogHangs(int pid, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} looks at processes of this host hang; no others are begun until one of them ends")]
    private partial void LogManyHang(int count);

    private sealed record Sight(string? Program, ExaminedProcess Examined);

    private sealed class Seen(ProcessStart start)
    {
        public ProcessStart Start { get; } = start;

        public string? Program { get; set; }

        public KnownInstance? Instance { get; set; }

        /// <summary>Under way, or ended and not taken yet.</summary>
        public Task<Sight?>? Look { get; set; }

        public InstanceProblem Problem { get; set; }

        public bool IsRefused { get; set; }

        public TimeSpan Rest { get; set; } = TimeSpan.FromSeconds(1);

        public TimeSpan NextLook { get; set; }
    }
}

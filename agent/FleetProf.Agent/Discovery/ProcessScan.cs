using System.Globalization;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Discovery;

/// <summary>
/// Keeps the directory and the vitals in step with the processes of this host. A pass over processes already known costs a few
/// system calls each; only new, changed and troubled ones are examined.
/// </summary>
internal sealed partial class ProcessScan(
    ProcessExamination examination, InstanceDirectory directory, VitalsCollector vitals, LocalPolicy policy, AgentOptions options, TimeProvider time, ILogger<ProcessScan> logger)
{
    private const int ExaminedAtOnce = 4;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);
    private readonly Dictionary<int, Seen> seen = [];

    /// <summary>Looks are planned by the time from here on: a wall clock can be set back.</summary>
    private readonly long startedAt = time.GetTimestamp();

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
    }

    private static bool IsDue(Seen process, TimeSpan now)
    {
        if (now >= process.NextLook) return true;
        if (process.Instance is { } instance)
            return instance.Target is DotNetTarget target && LinuxFile.FactsOf(target.Endpoint.SocketPath) is null;
        return LinuxFile.LinkTarget($"/proc/{process.Start.Pid}/exe") != process.Program;
    }

    private async ValueTask ExamineAsync(Seen process, CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(process, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // What one process makes of itself must not end the watch over all others.
            process.Rest = LongestRest;
            process.NextLook = Now + LongestRest;
            LogFault(error, process.Start.Pid);
        }
    }

    private async Task LookAsync(Seen process, CancellationToken cancellationToken)
    {
        var program = LinuxFile.LinkTarget($"/proc/{process.Start.Pid}/exe");
        var examined = await examination.ExamineAsync(process.Start, cancellationToken);
        // Rests grow: most processes of a host never become .NET, and most problems need a person.
        var isQuickAgain = examined.Kind == ExaminedKind.Unready || program != process.Program;
        process.Rest = isQuickAgain ? options.ScanInterval : process.Rest * 2 < LongestRest ? process.Rest * 2 : LongestRest;
        process.Program = program;
        process.NextLook = examined.Instance is { Description.Problem: InstanceProblem.None } ? TimeSpan.MaxValue : Now + process.Rest;
        if (examined.Instance is { } instance) Remember(process, instance);
        else if (examined.Kind != ExaminedKind.Unready) await ForgetAsync(process);
    }

    private void Remember(Seen process, KnownInstance instance)
    {
        var isNew = process.Instance is null;
        process.Instance = instance;
        directory.Put(instance);
        // A session that is open stays: it outlives the loss of its socket's file.
        if (instance.Target is DotNetTarget target) vitals.Watch(new WatchedInstance(target.InstanceId, target.Endpoint));
        var description = instance.Description;
        if (isNew) LogFound(description.Service, description.Version, description.Pid, description.Runtime);
        if (description.Problem != InstanceProblem.None && process.Problem != description.Problem) LogProblem(description.Service, description.Pid, description.Problem, description.ProblemDetail);
        process.Problem = description.Problem;
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

    private static Dictionary<int, ProcessStart> ListProcesses()
    {
        var processes = new Dictionary<int, ProcessStart>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(path.AsSpan("/proc/".Length), CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId) continue;
            if (ProcessStart.Read(pid) is { } start) processes[pid] = start;
        }
        return processes;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Found {Service} {Version} (process {Pid}, {Runtime})")]
    private partial void LogFound(string service, string version, int pid, string runtime);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} (process {Pid}) has ended")]
    private partial void LogEnded(string service, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service} (process {Pid}): {Problem}. {Detail}")]
    private partial void LogProblem(string service, int pid, InstanceProblem problem, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "A look at the processes of this host failed; the next one tries again")]
    private partial void LogPassFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Process {Pid} could not be examined; it is looked at again in some minutes")]
    private partial void LogFault(Exception error, int pid);

    private sealed class Seen(ProcessStart start)
    {
        public ProcessStart Start { get; } = start;

        public string? Program { get; set; }

        public KnownInstance? Instance { get; set; }

        public InstanceProblem Problem { get; set; }

        public TimeSpan Rest { get; set; } = TimeSpan.FromSeconds(1);

        public TimeSpan NextLook { get; set; }
    }
}

using System.Globalization;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>
/// Watches the Go programs that the host's policy names, and only those: without an entry there no process is looked at, no log read and no
/// port opened. Their processes join the directory, and their windows the spool, beside those of .NET.
/// </summary>
internal sealed partial class GoCollector(
    LocalPolicy policy, HostIdentity host, InstanceDirectory directory, IVitalsOutput output, TimeProvider time, AgentOptions options, ILogger<GoCollector> logger)
{
    /// <summary>Neither the log nor the port that its rule names is the process's.</summary>
    private const int Elsewhere = 2;

    private readonly Dictionary<ProcessStart, Watched> watched = [];

    /// <summary>Follows policy and processes until cancelled, then hands out the last windows.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.ScanInterval, time);
        try
        {
            do
            {
                try
                {
                    await PassAsync();
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    LogPassFailed(error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
        }
        await EndAsync();
    }

    /// <summary>Completes when everything watched was read once: what happens from then on is counted.</summary>
    internal Task FirstLooksAsync() => Task.WhenAll(watched.Values.Select(process => process.Watch.FirstLook));

    internal async Task EndAsync()
    {
        var ended = watched.Values.Select(process => process.Watch).ToList();
        watched.Clear();
        await Task.WhenAll(ended.Select(watch => watch.DisposeAsync().AsTask()));
    }

    internal async Task PassAsync()
    {
        var rules = policy.GoPrograms.Distinct().ToList();
        if (rules.Count == 0 && watched.Count == 0) return;
        var wanted = Wanted(rules);
        foreach (var (start, process) in watched.Where(entry => !wanted.TryGetValue(entry.Key, out var rule) || rule != entry.Value.Rule).ToList())
        {
            watched.Remove(start);
            // The last windows belong to an instance that the silo still knows.
            await process.Watch.DisposeAsync();
            directory.Remove(process.Instance.InstanceId);
            LogEnded(process.Instance.Description.Service, start.Pid);
        }
        foreach (var (start, rule) in wanted.Where(entry => !watched.ContainsKey(entry.Key)))
            if (GoProcess.Describe(start, rule, host) is { } instance) Watch(start, rule, instance);
    }

    private void Watch(ProcessStart start, GoProgramRule rule, KnownInstance instance)
    {
        directory.Put(instance);
        IGoSource source = rule.GctraceLog is { } log
            ? new GcTraceTail(log, () => StandardError.FactsOf(start.Pid), GoProcess.IsTracing(instance.Description), time)
            : new PprofPoll(rule.PprofPort!.Value, () => LoopbackPort.Refuse(start.Pid, rule.PprofPort.Value)?.Detail, time);
        var age = new ProcessAge(time.GetUtcNow() - host.StartedAt(start.Jiffies), ProcessAge.HostSlept());
        watched[start] = new Watched(rule, instance, new GoWatch(instance.InstanceId, start.Pid, age, source, output, time));
        LogFound(instance.Description.Service, instance.Description.Version, start.Pid, instance.Description.Runtime);
    }

    /// <summary>
    /// One process per rule: of several, the one that writes to the log or has the port bound; where that is none, the one watched so far,
    /// else the oldest, of those that are no other rule's.
    /// </summary>
    private Dictionary<ProcessStart, GoProgramRule> Wanted(List<GoProgramRule> rules)
    {
        var wanted = new Dictionary<ProcessStart, GoProgramRule>();
        if (rules.Count == 0) return wanted;
        var programs = rules.ToLookup(rule => rule.Program, StringComparer.Ordinal);
        var candidates = rules.ToDictionary(rule => rule, _ => new List<ProcessStart>());
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(path.AsSpan("/proc/".Length), CultureInfo.InvariantCulture, out var pid) || ProgramOf(pid) is not { } program || !programs.Contains(program)) continue;
            if ((ProcessStart.Read(pid, out var isUnknown) ?? (isUnknown ? WatchedAs(pid) : null)) is not { } start) continue;
            foreach (var rule in programs[program]) candidates[rule].Add(start);
        }
        // A rule whose own process is away must not take that of another: first each gets what its log or port tells, then what is left.
        foreach (var (rule, starts) in candidates)
            Choose(rule, starts.Select(start => (Distance: Distance(start.Pid, rule), Start: start)).Where(process => process.Distance < Elsewhere));
        foreach (var (rule, starts) in candidates.Where(entry => !wanted.ContainsValue(entry.Key)))
            Choose(rule, starts.Where(start => WatchedFor(start) is not { } other || other == rule || !candidates.ContainsKey(other)).Select(start => (Elsewhere, start)));
        return wanted;

        void Choose(GoProgramRule rule, IEnumerable<(int Distance, ProcessStart Start)> processes)
        {
            var free = processes.Where(process => !wanted.ContainsKey(process.Start))
                .OrderBy(process => process.Distance).ThenBy(process => WatchedFor(process.Start) == rule ? 0 : 1).ThenBy(process => process.Start.Jiffies).ToList();
            if (free.Count > 0) wanted.Add(free[0].Start, rule);
        }
    }

    private GoProgramRule? WatchedFor(ProcessStart start) => watched.GetValueOrDefault(start)?.Rule;

    // What cannot be looked at now has not ended.
    private ProcessStart? WatchedAs(int pid) => watched.Keys.Where(start => start.Pid == pid).Select(start => (ProcessStart?)start).FirstOrDefault();

    // An executable that was replaced while it runs is still the same program.
    private static string? ProgramOf(int pid)
    {
        const string Replaced = " (deleted)";
        var program = LinuxFile.LinkTarget($"/proc/{pid}/exe");
        return program is not null && program.EndsWith(Replaced, StringComparison.Ordinal) ? program[..^Replaced.Length] : program;
    }

    // 0 where it has the port, or writes to the log; 1 where it writes to what was the log before a rotation.
    private static int Distance(int pid, GoProgramRule rule)
    {
        try
        {
            if (rule.PprofPort is { } port) return LoopbackPort.Refuse(pid, port) is null ? 0 : Elsewhere;
            var log = rule.GctraceLog!;
            var file = StandardError.FactsOf(pid) is { } written ? StandardError.LogOf(log, written) : null;
            return file is null ? Elsewhere : file == log ? 0 : 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Elsewhere;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Found {Service} {Version} (process {Pid}, {Runtime}), named by the policy")]
    private partial void LogFound(string service, string version, int pid, string runtime);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} (process {Pid}) has ended or is no longer named by the policy")]
    private partial void LogEnded(string service, int pid);

    [LoggerMessage(Level = LogLevel.Error, Message = "The list of processes cannot be read: {Reason}")]
    private partial void LogPassFailed(string reason);

    private sealed record Watched(GoProgramRule Rule, KnownInstance Instance, GoWatch Watch);
}

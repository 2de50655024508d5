using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Redaction;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Discovery;

/// <summary>Looks at one process: whether it runs .NET, who it is, and whether it can be attached to.</summary>
/// <param name="host">Makes instance ids.</param>
/// <param name="ignored">Programs that are no services.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessExamination(HostIdentity host, IgnoredPrograms ignored, TimeProvider time)
{
    // Captures need CollectTracing2 and ProcessInfo2; before .NET 6 a runtime does not even say which it is.
    private const int OldestRuntime = 6;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StartupTime = TimeSpan.FromSeconds(5);

    /// <summary>The agent has the right to look into processes of all users.</summary>
    internal bool MayLookIntoAll { get; init; } = ProcessStatus.Read(Environment.ProcessId) is { MayTrace: true };

    /// <summary>Never throws for what a target is or does.</summary>
    public async Task<ExaminedProcess> ExamineAsync(ProcessStart start, CancellationToken cancellationToken)
    {
        // While we have no free descriptor nothing can be said of anybody, and what is known stays.
        if (ProcessStart.Read(start.Pid, out var isUnknown) is null && isUnknown) return ExaminedProcess.Unready;
        if (ProcessStatus.Read(start.Pid) is not { } status) return ExaminedProcess.NotDotNet;
        var maps = ProcessMaps.Read(start.Pid);
        var environment = ProcessEnvironment.Read(start.Pid);
        using var root = maps.IsReadable && environment is not null ? TargetRoot.Open(start.Pid) : null;
        if (root is null) return Closed(start, status, maps);
        var socket = DiagnosticSocket.Find(root, status, start, environment!);
        // A single-file program has the runtime inside itself; its socket tells, also when its file was removed.
        if (maps.RuntimePath is null && !socket.IsListening) return ExaminedProcess.NotDotNet;
        var commandLine = CommandLine.Read(start.Pid);
        if (ignored.Contains(commandLine.LikelyEntryAssembly)) return ExaminedProcess.Ignored;
        var isStarting = time.GetUtcNow() - host.StartedAt(start.Jiffies) < StartupTime;
        if (socket.Path is null && isStarting) return ExaminedProcess.Unready;

        var answer = socket.Path is null ? new Answer(null, socket.Problem, socket.Detail) : await AskAsync(start, socket.Path, cancellationToken);
        if (answer.Problem == InstanceProblem.SocketGone && isStarting) return ExaminedProcess.Unready;
        var entryName = CleanText.Of(answer.Info?.EntryAssembly);
        if (answer.Info is not null && entryName.Length == 0 && isStarting) return ExaminedProcess.Unready;
        if (entryName.Length == 0) entryName = CleanText.Of(commandLine.LikelyEntryAssembly);
        if (ignored.Contains(entryName)) return ExaminedProcess.Ignored;
        // The pid may have been used again while we looked.
        if (ProcessStart.Read(start.Pid, out isUnknown) != start) return isUnknown ? ExaminedProcess.Unready : ExaminedProcess.NotDotNet;
        return Describe(new Sight(start, status, environment!, root, commandLine, entryName, RuntimeOf(answer.Info, maps), socket, answer));
    }

    private async Task<Answer> AskAsync(ProcessStart start, string socketPath, CancellationToken cancellationToken)
    {
        try
        {
            var port = new DiagnosticIpc(socketPath, start.Pid) { RequestTimeout = AnswerLimit, Time = time };
            var info = await port.GetProcessInfoAsync(cancellationToken);
            var runtime = ParseVersion(info.RuntimeVersion);
            return runtime is null || runtime.Major < OldestRuntime
                ? new Answer(info, InstanceProblem.RuntimeTooOld, $"The runtime {info.RuntimeVersion ?? "(before .NET 6)"} is too old to be watched; move the service to .NET 8 or newer.")
                : new Answer(info, InstanceProblem.None, "");
        }
        catch (DiagnosticIpcException error)
        {
            return new Answer(null, ToProblem(error.Failure), error.Message);
        }
    }

    private ExaminedProcess Describe(Sight sight)
    {
        var (start, environment, entryName) = (sight.Start, sight.Environment, sight.EntryName);
        var attributes = ResourceAttributes.Parse(environment["OTEL_RESOURCE_ATTRIBUTES"]);
        var entry = EntryAssembly.Locate(start.Pid, entryName, sight.CommandLine, sight.Socket.SinceUnixMs);
        var identity = ServiceIdentity.Resolve(environment, attributes, entryName, () => entry.ReadVersion(sight.Root));
        if (ignored.ContainsService(identity.Service)) return ExaminedProcess.Ignored;
        var group = ControlGroup.Read(start.Pid, sight.Root);
        var processors = ProcessorCount(sight.Status.AllowedProcessors, group.ProcessorLimit);
        var gc = GcConfiguration.Resolve(environment, GcConfiguration.ReadFile(sight.Root, entry), sight.Runtime, processors);
        var instanceId = host.InstanceId(start.Pid, sight.Status.InnermostPid, start.Jiffies);
        var description = new Instance
        {
            InstanceId = instanceId,
            Service = identity.Service,
            Version = identity.Version,
            Host = host.Name,
            Pid = start.Pid,
            StartedUnixMs = host.StartedAt(start.Jiffies).ToUnixTimeMilliseconds(),
            Runtime = sight.Runtime is null ? "" : $".NET {sight.Runtime}",
            EntryAssembly = entryName,
            CommandLine = CommandLineRedaction.Redact(sight.CommandLine.Arguments),
            ContainerId = attributes["container.id"] ?? group.ContainerId,
            Pod = PodName.Of(start.Pid, attributes, group, sight.Root),
            ServiceInstance = identity.ServiceInstance,
            GcMode = gc.Mode,
            ProcessorCount = processors,
            MemoryLimitBytes = group.MemoryLimitBytes,
            Problem = sight.Answer.Problem,
            ProblemDetail = CleanText.Of(sight.Answer.Detail, 500),
            Environment = identity.Environment,
        };
        foreach (var (name, value) in gc.Settings) description.GcSettings[name] = value;
        foreach (var (name, value) in identity.Labels) description.Labels[name] = value;
        var isTarget = sight.Socket.Path is not null && sight.Answer.Problem is InstanceProblem.None or InstanceProblem.SessionLost;
        var target = !isTarget ? null : new DotNetTarget
        {
            InstanceId = instanceId,
            Service = identity.Service,
            Endpoint = new DiagnosticEndpoint(start.Pid, sight.Socket.Path!),
            StartJiffies = start.Jiffies,
            RuntimeVersion = sight.Runtime,
        };
        return new ExaminedProcess(ExaminedKind.Instance, new KnownInstance(description, target, start.Jiffies));
    }

    /// <summary>Another user's process that the agent may not look into: known as .NET only by a socket in our own temporary folder.</summary>
    private ExaminedProcess Closed(ProcessStart start, ProcessStatus status, ProcessMaps maps)
    {
        var socket = LinuxFile.FactsOf($"/tmp/{DiagnosticSocket.NameOf(status.InnermostPid, start.Jiffies)}");
        var isRefused = MayLookIntoAll && LinuxFile.Read($"/proc/{start.Pid}/maps", [], out var error) < 0 && error is LinuxFile.AccessRefused or LinuxFile.NotPermitted;
        if (maps.RuntimePath is null && socket is not { IsSocket: true }) return ExaminedProcess.NotDotNet with { IsRefused = isRefused };
        var commandLine = CommandLine.Read(start.Pid);
        var name = CleanText.Of(commandLine.LikelyEntryAssembly);
        if (ignored.Contains(name) || ignored.ContainsService(name)) return ExaminedProcess.Ignored;
        return new ExaminedProcess(ExaminedKind.Instance, new KnownInstance(new Instance
        {
            InstanceId = host.InstanceId(start.Pid, status.InnermostPid, start.Jiffies),
            Service = name.Length == 0 ? "unknown" : name,
            Host = host.Name,
            Pid = start.Pid,
            StartedUnixMs = host.StartedAt(start.Jiffies).ToUnixTimeMilliseconds(),
            EntryAssembly = name,
            CommandLine = CommandLineRedaction.Redact(commandLine.Arguments),
            Problem = InstanceProblem.AccessDenied,
            ProblemDetail = isRefused
                ? $"The agent may not look into process {start.Pid}, although it has the right to: AppArmor or SELinux, or hidepid of /proc, keeps it away; let the agent run unconfined."
                : $"Process {start.Pid} belongs to user {status.EffectiveUserId} and the agent may not look into it; run the agent as root, or with the capabilities SYS_PTRACE and DAC_OVERRIDE.",
        }, null, start.Jiffies)) { IsRefused = isRefused };
    }

    private static int ProcessorCount(int allowed, double limit)
    {
        var processors = allowed > 0 ? allowed : Environment.ProcessorCount;
        return limit > 0 ? Math.Max(1, Math.Min(processors, (int)Math.Ceiling(limit))) : processors;
    }

    private static Version? RuntimeOf(RuntimeProcessInfo? info, ProcessMaps maps)
    {
        if (ParseVersion(info?.RuntimeVersion) is { } said) return said;
        // .../shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so
        return maps.RuntimePath?.Split('/') is [.., var folder, _] ? ParseVersion(folder) : null;
    }

    /// <summary>"10.0.12", "11.0.0-preview.3+commit", ".NET 8.0.1" without what follows the numbers.</summary>
    internal static Version? ParseVersion(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var numbers = text.Split(' ')[^1].Split('-', '+')[0];
        return Version.TryParse(numbers, out var version) ? version : null;
    }

    private static InstanceProblem ToProblem(DiagnosticFailure failure) => failure switch
    {
        DiagnosticFailure.AttachDenied => InstanceProblem.AccessDenied,
        DiagnosticFailure.SocketGone => InstanceProblem.SocketGone,
        DiagnosticFailure.SocketNotOwned => InstanceProblem.SocketNotOwned,
        DiagnosticFailure.RuntimeTooOld => InstanceProblem.RuntimeTooOld,
        _ => InstanceProblem.SessionLost,
    };

    private readonly record struct Answer(RuntimeProcessInfo? Info, InstanceProblem Problem, string Detail);

    private sealed record Sight(
        ProcessStart Start, ProcessStatus Status, ProcessEnvironment Environment, TargetRoot Root, CommandLine CommandLine,
        string EntryName, Version? Runtime, DiagnosticSocket Socket, Answer Answer);
}

using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures.Go;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Redaction;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>What the silo is told of a Go process, and what captures need of it.</summary>
internal static class GoProcess
{
    /// <summary>Tells the silo the kinds of capture that are possible; without it none is.</summary>
    public const string CapturesLabel = "fleetprof.captures";

    private static readonly string[] Settings = ["GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG"];

    /// <summary>Null when the process has ended meanwhile.</summary>
    public static KnownInstance? Describe(ProcessStart start, GoProgramRule rule, HostIdentity host)
    {
        if (ProcessStatus.Read(start.Pid) is not { } status) return null;
        var environment = ProcessEnvironment.Read(start.Pid) ?? ProcessEnvironment.Parse([]);
        var attributes = ResourceAttributes.Parse(environment["OTEL_RESOURCE_ATTRIBUTES"]);
        var name = CleanText.Of(Path.GetFileName(rule.Program));
        var identity = ServiceIdentity.Resolve(environment, attributes, name, () => null);
        using var root = TargetRoot.Open(start.Pid);
        var group = root is null ? new ControlGroup("", "", 0, 0) : ControlGroup.Read(start.Pid, root);
        var description = new Instance
        {
            InstanceId = host.InstanceId(start.Pid, status.InnermostPid, start.Jiffies),
            Service = rule.Service is null ? identity.Service : CleanText.Of(rule.Service),
            Version = rule.Version is null ? identity.Version : CleanText.Of(rule.Version),
            Host = host.Name,
            Pid = start.Pid,
            StartedUnixMs = host.StartedAt(start.Jiffies).ToUnixTimeMilliseconds(),
            Runtime = GoBuildInfo.ReadVersion($"/proc/{start.Pid}/exe") ?? "go",
            EntryAssembly = name,
            CommandLine = CommandLineRedaction.Redact(CommandLine.Read(start.Pid).Arguments),
            ContainerId = attributes["container.id"] ?? group.ContainerId,
            Pod = PodName.Of(start.Pid, attributes, group, root),
            ServiceInstance = identity.ServiceInstance,
            GcMode = "go concurrent",
            ProcessorCount = status.AllowedProcessors > 0 ? status.AllowedProcessors : Environment.ProcessorCount,
            MemoryLimitBytes = group.MemoryLimitBytes,
            Environment = identity.Environment,
        };
        foreach (var setting in Settings)
            if (environment[setting] is { } value) description.GcSettings[setting] = CleanText.Of(value);
        foreach (var (label, value) in identity.Labels) description.Labels[label] = value;
        // The policy's word, whatever the program's own labels say.
        description.Labels.Remove(CapturesLabel);
        if (rule.PprofPort is not null) description.Labels[CapturesLabel] = string.Join(' ', PprofRecipe.Kinds.Select(PolicyRules.NameOf));
        var target = new GoTarget(start.Pid, rule.PprofPort) { InstanceId = description.InstanceId, Service = description.Service, StartJiffies = start.Jiffies };
        // The pid may have been used again while we looked.
        return ProcessStart.Read(start.Pid) == start ? new KnownInstance(description, target, start.Jiffies) : null;
    }

    /// <summary>Whether it was started to write a line of every collection; of a setting that is there twice the last counts.</summary>
    public static bool IsTracing(Instance description) => description.GcSettings.TryGetValue("GODEBUG", out var settings)
        && settings.Split(',').LastOrDefault(setting => setting.StartsWith("gctrace=", StringComparison.Ordinal)) is { } trace && trace != "gctrace=0";
}

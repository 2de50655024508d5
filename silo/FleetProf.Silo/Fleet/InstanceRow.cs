using System.Text.Json;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Fleet;

/// <summary>A row of table instances.</summary>
internal sealed class InstanceRow
{
    public const string Select = """
        SELECT instance_id AS InstanceId, agent_id AS AgentId, service AS Service, version AS Version, environment AS Environment, host AS Host,
               pid AS Pid, started_at AS StartedAt, first_seen_at AS FirstSeenAt, last_seen_at AS LastSeenAt, state AS State, problem AS Problem,
               problem_detail AS ProblemDetail, runtime AS Runtime, entry_assembly AS EntryAssembly, command_line AS CommandLine,
               container_id AS ContainerId, pod AS Pod, service_instance AS ServiceInstance, gc_mode AS GcMode, gc_settings_json AS GcSettingsJson,
               processor_count AS ProcessorCount, memory_limit_bytes AS MemoryLimitBytes, labels_json AS LabelsJson
        FROM instances
        """;

    /// <summary>A running instance stays with its agent: only one that nobody watches can be taken over by another.</summary>
    public const string Upsert = """
        INSERT INTO instances (instance_id, agent_id, service, version, environment, host, pid, started_at, first_seen_at, last_seen_at, state, state_since,
            problem, problem_detail, runtime, entry_assembly, command_line, container_id, pod, service_instance, gc_mode, gc_settings_json,
            processor_count, memory_limit_bytes, labels_json, silo)
        VALUES (@InstanceId, @AgentId, @Service, @Version, @Environment, @Host, @Pid, @StartedAt, @LastSeenAt, @LastSeenAt, 0, @LastSeenAt,
            @Problem, @ProblemDetail, @Runtime, @EntryAssembly, @CommandLine, @ContainerId, @Pod, @ServiceInstance, @GcMode, @GcSettingsJson,
            @ProcessorCount, @MemoryLimitBytes, @LabelsJson, @Silo)
        ON CONFLICT (instance_id) DO UPDATE SET
            agent_id = excluded.agent_id, service = excluded.service, version = excluded.version, environment = excluded.environment, host = excluded.host,
            pid = excluded.pid, started_at = excluded.started_at, last_seen_at = excluded.last_seen_at,
            state_since = CASE WHEN instances.state = 0 THEN instances.state_since ELSE excluded.state_since END, state = 0,
            problem = excluded.problem, problem_detail = excluded.problem_detail, runtime = excluded.runtime, entry_assembly = excluded.entry_assembly,
            command_line = excluded.command_line, container_id = excluded.container_id, pod = excluded.pod, service_instance = excluded.service_instance,
            gc_mode = excluded.gc_mode, gc_settings_json = excluded.gc_settings_json, processor_count = excluded.processor_count,
            memory_limit_bytes = excluded.memory_limit_bytes, labels_json = excluded.labels_json, silo = excluded.silo
        WHERE instances.agent_id = excluded.agent_id OR instances.state <> 0
        """;

    public string InstanceId { get; init; } = "";
    public string AgentId { get; init; } = "";
    public string Service { get; init; } = "";
    public string Version { get; init; } = "";
    public string Environment { get; init; } = "";
    public string Host { get; init; } = "";
    public long Pid { get; init; }
    public long StartedAt { get; init; }
    public long FirstSeenAt { get; init; }
    public long LastSeenAt { get; init; }
    public long State { get; init; }
    public long Problem { get; init; }
    public string? ProblemDetail { get; init; }
    public string Runtime { get; init; } = "";
    public string EntryAssembly { get; init; } = "";
    public string CommandLine { get; init; } = "";
    public string ContainerId { get; init; } = "";
    public string Pod { get; init; } = "";
    public string ServiceInstance { get; init; } = "";
    public string GcMode { get; init; } = "";
    public string GcSettingsJson { get; init; } = "{}";
    public long ProcessorCount { get; init; }
    public long MemoryLimitBytes { get; init; }
    public string LabelsJson { get; init; } = "{}";
    public string Silo { get; init; } = "";

    public static InstanceRow Of(Instance instance, string silo) => new()
    {
        InstanceId = instance.InstanceId,
        AgentId = instance.AgentId,
        Service = instance.Service,
        Version = instance.Version,
        Environment = instance.Environment,
        Host = instance.Host,
        Pid = instance.Pid,
        StartedAt = instance.StartedAt.ToUnixTimeMilliseconds(),
        FirstSeenAt = instance.FirstSeenAt.ToUnixTimeMilliseconds(),
        LastSeenAt = instance.LastSeenAt.ToUnixTimeMilliseconds(),
        State = (long)instance.State,
        Problem = (long)instance.Problem,
        ProblemDetail = instance.ProblemDetail,
        Runtime = instance.Runtime,
        EntryAssembly = instance.EntryAssembly,
        CommandLine = instance.CommandLine,
        ContainerId = instance.ContainerId,
        Pod = instance.Pod,
        ServiceInstance = instance.ServiceInstance,
        GcMode = instance.GcMode,
        GcSettingsJson = JsonSerializer.Serialize(instance.GcSettings),
        ProcessorCount = instance.ProcessorCount,
        MemoryLimitBytes = instance.MemoryLimitBytes,
        LabelsJson = JsonSerializer.Serialize(instance.Labels),
        Silo = silo,
    };

    private CellName Cell(string column) => new("instances", "instance_id", InstanceId, column);

    public Instance ToInstance() => new()
    {
        InstanceId = InstanceId,
        AgentId = AgentId,
        Service = Service,
        Version = Version,
        Environment = Environment,
        Host = Host,
        Pid = (int)Pid,
        StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(StartedAt),
        FirstSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(FirstSeenAt),
        LastSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(LastSeenAt),
        State = (InstanceState)State,
        Problem = (InstanceProblem)Problem,
        ProblemDetail = ProblemDetail,
        Runtime = Runtime,
        EntryAssembly = EntryAssembly,
        CommandLine = CommandLine,
        ContainerId = ContainerId,
        Pod = Pod,
        ServiceInstance = ServiceInstance,
        GcMode = GcMode,
        GcSettings = StoredJson.Map(GcSettingsJson, Cell("gc_settings_json")),
        ProcessorCount = (int)ProcessorCount,
        MemoryLimitBytes = MemoryLimitBytes,
        Labels = StoredJson.Map(LabelsJson, Cell("labels_json")),
    };
}

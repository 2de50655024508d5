namespace FleetProf.Contracts.Fleet;

/// <summary>One process of a service on one host.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.instance")]
public sealed record Instance
{
    [Id(0)] public required string InstanceId { get; init; }

    [Id(1)] public required string Service { get; init; }

    [Id(2)] public string Version { get; init; } = "";

    [Id(3)] public string Host { get; init; } = "";

    [Id(4)] public int Pid { get; init; }

    [Id(5)] public DateTimeOffset StartedAt { get; init; }

    [Id(6)] public DateTimeOffset FirstSeenAt { get; init; }

    [Id(7)] public DateTimeOffset LastSeenAt { get; init; }

    [Id(8)] public InstanceState State { get; init; }

    [Id(9)] public InstanceProblem Problem { get; init; }

    [Id(10)] public string? ProblemDetail { get; init; }

    [Id(11)] public string Runtime { get; init; } = "";

    [Id(12)] public string EntryAssembly { get; init; } = "";

    /// <summary>Redacted on the host.</summary>
    [Id(13)] public string CommandLine { get; init; } = "";

    [Id(14)] public string ContainerId { get; init; } = "";

    [Id(15)] public string Pod { get; init; } = "";

    [Id(16)] public string Environment { get; init; } = "";

    [Id(17)] public string ServiceInstance { get; init; } = "";

    /// <summary>"workstation concurrent", "server datas", ...; empty when it is not known.</summary>
    [Id(18)] public string GcMode { get; init; } = "";

    [Id(19)] public IReadOnlyDictionary<string, string> GcSettings { get; init; } = new Dictionary<string, string>();

    [Id(20)] public int ProcessorCount { get; init; }

    /// <summary>0 when there is no limit.</summary>
    [Id(21)] public long MemoryLimitBytes { get; init; }

    [Id(22)] public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    [Id(23)] public required string AgentId { get; init; }

    /// <summary>Null until the first window arrived.</summary>
    [Id(24)] public InstanceVitals? Vitals { get; init; }

    /// <summary>How far the clock of its host is ahead of the silo's, in milliseconds; negative: behind. Null while no heartbeat told it.</summary>
    [Id(25)] public double? ClockSkewMs { get; init; }

    /// <summary>Vitals for what only watching tells; null where there are none, or nothing of the last minute was watched.</summary>
    public InstanceVitals? WatchedVitals() => Vitals is { IsUnwatched: false } ? Vitals : null;
}

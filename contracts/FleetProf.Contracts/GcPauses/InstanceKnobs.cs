namespace FleetProf.Contracts.GcPauses;

/// <summary>How the garbage collector of one process is set up.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.instance-knobs")]
public sealed record InstanceKnobs
{
    [Id(0)] public required string Instance { get; init; }

    [Id(1)] public string Version { get; init; } = "";

    [Id(2)] public string Host { get; init; } = "";

    [Id(3)] public string Runtime { get; init; } = "";

    [Id(4)] public string GcMode { get; init; } = "";

    [Id(5)] public int ProcessorCount { get; init; }

    /// <summary>0 when there is no limit.</summary>
    [Id(6)] public long MemoryLimitBytes { get; init; }

    /// <summary>As written: variables (hexadecimal) and names of the runtime configuration file (decimal).</summary>
    [Id(7)] public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

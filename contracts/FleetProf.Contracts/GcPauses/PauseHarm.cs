namespace FleetProf.Contracts.GcPauses;

/// <summary>What the pauses of a service and version cost now.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.pause-harm")]
public sealed record PauseHarm
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public required string Version { get; init; }

    /// <summary>Of the time looked at.</summary>
    [Id(2)] public required DateTimeOffset From { get; init; }

    /// <summary>The end of the last minute that is known: minutes before now while roll-ups are behind.</summary>
    [Id(3)] public required DateTimeOffset To { get; init; }

    /// <summary>At one time, by how long instances were watched in the last minute that is known; at least 1. Processes that follow each other within it are one.</summary>
    [Id(4)] public int InstanceCount { get; init; }

    /// <summary>Pause time per hour of an instance, on average.</summary>
    [Id(5)] public double PauseMsPerHour { get; init; }

    /// <summary>Pause time per hour of all instances together: what the rows are ranked by.</summary>
    [Id(6)] public double HarmMsPerHour { get; init; }

    [Id(7)] public double? PauseP50Ms { get; init; }

    [Id(8)] public double? PauseP99Ms { get; init; }

    [Id(9)] public double? MaxPauseMs { get; init; }

    /// <summary>0 to 100 of the observed time.</summary>
    [Id(10)] public double TimeInGcPercent { get; init; }

    /// <summary>Per minute of an instance, on average.</summary>
    [Id(11)] public double GcsPerMinute { get; init; }

    /// <summary>The instance with the longest pause; empty where there was none.</summary>
    [Id(12)] public string WorstInstance { get; init; } = "";

    /// <summary>The most pause time first.</summary>
    [Id(13)] public IReadOnlyList<CausePauses> Causes { get; init; } = [];
}

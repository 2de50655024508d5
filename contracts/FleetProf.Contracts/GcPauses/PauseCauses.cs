namespace FleetProf.Contracts.GcPauses;

/// <summary>The pauses of a range by their causes.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.pause-causes")]
public sealed record PauseCauses
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>The asked range widened to whole windows: of ten seconds, a minute in ranges over half an hour and of thousands of instances, 15 minutes in ranges over 12 hours. An end at which no window can be is that of the windows that there are.</summary>
    [Id(1)] public required DateTimeOffset From { get; init; }

    [Id(2)] public required DateTimeOffset To { get; init; }

    /// <summary>Of all versions together, the most pause time first.</summary>
    [Id(3)] public IReadOnlyList<CausePauses> Causes { get; init; } = [];

    /// <summary>The same of each version, by version.</summary>
    [Id(4)] public IReadOnlyList<CausePauses> ByVersion { get; init; } = [];
}

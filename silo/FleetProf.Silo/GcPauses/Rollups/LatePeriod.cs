using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>The late marks of one time, and how often each was touched when they were read.</summary>
internal sealed record LatePeriod
{
    public required long LevelMs { get; init; }

    public required long StartMs { get; init; }

    public required IReadOnlyList<(string InstanceId, long Touched)> Instances { get; init; }

    public required IReadOnlyList<(ServiceVersion Group, long Touched)> Groups { get; init; }
}

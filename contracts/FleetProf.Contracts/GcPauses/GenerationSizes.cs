namespace FleetProf.Contracts.GcPauses;

/// <summary>Bytes by generation.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.generation-sizes")]
public sealed record GenerationSizes
{
    [Id(0)] public long Gen0Bytes { get; init; }

    [Id(1)] public long Gen1Bytes { get; init; }

    [Id(2)] public long Gen2Bytes { get; init; }

    [Id(3)] public long LohBytes { get; init; }

    [Id(4)] public long PohBytes { get; init; }
}

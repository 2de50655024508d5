namespace FleetProf.Contracts.GcPauses;

/// <summary>A trend in time order.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.trend")]
public sealed record Trend
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public required int StepSeconds { get; init; }

    [Id(2)] public IReadOnlyList<TrendPoint> Points { get; init; } = [];
}

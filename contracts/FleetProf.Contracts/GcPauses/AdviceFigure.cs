namespace FleetProf.Contracts.GcPauses;

/// <summary>One number that made a rule fire.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.advice-figure")]
public sealed record AdviceFigure
{
    /// <summary>"time in GC", "survival", ...</summary>
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public double Value { get; init; }

    /// <summary>"%", "ms", "B", "1/s", "1/h"; empty for a count.</summary>
    [Id(2)] public string Unit { get; init; } = "";

    /// <summary>What the rule compares it with, in the same unit; null where it is only told.</summary>
    [Id(3)] public double? Bound { get; init; }
}

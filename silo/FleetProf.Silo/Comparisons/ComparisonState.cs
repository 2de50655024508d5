using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>A planned or decided comparison. Nothing while it was not created.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.comparison-state")]
internal sealed record ComparisonState
{
    [Id(0)] public Comparison? Comparison { get; init; }

    /// <summary>Instances of other environments are left out; null: all.</summary>
    [Id(1)] public string? Environment { get; init; }

    /// <summary>The caller left the baseline's range open: the silo may look elsewhere where it is empty.</summary>
    [Id(2)] public bool IsBaselineOpen { get; init; }

    /// <summary>The caller left the candidate's end open: it is the time of the decision.</summary>
    [Id(3)] public bool IsCandidateOpen { get; init; }

    /// <summary>Until then a due comparison waits for missing windows; its due time where it is about the past, and waits for none.</summary>
    [Id(4)] public DateTimeOffset WaitUntil { get; init; }
}

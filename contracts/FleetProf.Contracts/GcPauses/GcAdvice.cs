namespace FleetProf.Contracts.GcPauses;

/// <summary>One thing to change, why, and how to find out whether it helped. Figures are those of the instance that pauses most.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.gc-advice")]
public sealed record GcAdvice
{
    /// <summary>The rule that fired: "gen0-budget-small", "concurrent-off", ...</summary>
    [Id(0)] public required string Rule { get; init; }

    /// <summary>Instances that it fired for, the one that pauses most first; up to 20 of them.</summary>
    [Id(1)] public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>How many it fired for.</summary>
    [Id(2)] public int InstanceCount { get; init; }

    /// <summary>One sentence with its numbers.</summary>
    [Id(3)] public string Observation { get; init; } = "";

    /// <summary>The numbers that made the rule fire.</summary>
    [Id(4)] public IReadOnlyList<AdviceFigure> Figures { get; init; } = [];

    /// <summary>What to set, or to do where no setting helps.</summary>
    [Id(5)] public string Change { get; init; } = "";

    /// <summary>Empty: the rule is not about a setting.</summary>
    [Id(6)] public string Setting { get; init; } = "";

    /// <summary>As to be written for <see cref="Setting"/>.</summary>
    [Id(7)] public string Value { get; init; } = "";

    /// <summary>Empty where the change has no effect that the model knows.</summary>
    [Id(8)] public IReadOnlyList<PredictedChange> Predicted { get; init; } = [];

    [Id(9)] public string Risk { get; init; } = "";

    /// <summary>How to try it.</summary>
    [Id(10)] public string Experiment { get; init; } = "";

    [Id(11)] public string Rollback { get; init; } = "";

    /// <summary>Pause time per hour, of all instances that it fired for together.</summary>
    [Id(12)] public double PauseMsPerHour { get; init; }
}

namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>
/// One thing to change, why, and how to find out whether it helped. Figures are those of the instance that suffers most;
/// a value suits all instances that are named, and what is foretold is of the one it was found for.
/// </summary>
public sealed record KnobAdvice
{
    /// <summary>The rule that fired, for example "gen0-budget-small".</summary>
    public required string Rule { get; init; }

    /// <summary>All instances that it fired for.</summary>
    public required IReadOnlyList<string> Instances { get; init; }

    /// <summary>The observation as one sentence with its numbers.</summary>
    public required string Observation { get; init; }

    public required IReadOnlyList<AdviceFigure> Figures { get; init; }

    /// <summary>What to set, or to do where no setting helps.</summary>
    public required string Change { get; init; }

    /// <summary>Empty: the rule is not about a setting.</summary>
    public string Setting { get; init; } = "";

    /// <summary>As to be written for <see cref="Setting"/>.</summary>
    public string Value { get; init; } = "";

    /// <summary>Empty where the change has no effect that the model knows.</summary>
    public IReadOnlyList<PredictedChange> Predicted { get; init; } = [];

    public required string Risk { get; init; }

    public required string Experiment { get; init; }

    public required string Rollback { get; init; }

    /// <summary>Pause time per hour, of all <see cref="Instances"/> together: what advice is ranked by.</summary>
    public double PauseMsPerHour { get; init; }
}

namespace FleetProf.Analysis.Comparisons.Experiments;

/// <summary>What became of a prediction.</summary>
public enum ExperimentOutcome
{
    /// <summary>Not compared yet, too little data, or too wide an interval to say.</summary>
    Undecided,

    /// <summary>What was seen lies in the predicted interval, and to the predicted side.</summary>
    Confirmed,

    /// <summary>To the predicted side, but by another amount.</summary>
    DirectionOnly,

    /// <summary>To the other side, or no change where one was foretold.</summary>
    Refuted,
}

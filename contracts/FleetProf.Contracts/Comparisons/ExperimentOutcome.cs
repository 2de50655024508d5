namespace FleetProf.Contracts.Comparisons;

/// <summary>What became of a prediction.</summary>
public enum ExperimentOutcome
{
    /// <summary>The change was not made yet, or too little was seen since to say.</summary>
    Undecided = 0,

    /// <summary>What was seen lies in the predicted interval, and to the predicted side.</summary>
    Confirmed = 1,

    /// <summary>To the predicted side, but by another amount.</summary>
    DirectionOnly = 2,

    /// <summary>To the other side, or no change where one was foretold.</summary>
    Refuted = 3,
}

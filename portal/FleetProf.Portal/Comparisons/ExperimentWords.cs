using FleetProf.Contracts.Comparisons;

namespace FleetProf.Portal.Comparisons;

/// <summary>How outcomes of experiments look on pages.</summary>
internal static class ExperimentWords
{
    public static string Of(ExperimentOutcome outcome) => outcome switch
    {
        ExperimentOutcome.Confirmed => "CONFIRMED",
        ExperimentOutcome.DirectionOnly => "DIRECTION-ONLY",
        ExperimentOutcome.Refuted => "REFUTED",
        _ => "UNDECIDED",
    };

    /// <summary>Classes of its tag.</summary>
    public static string TagOf(ExperimentOutcome outcome) => outcome switch
    {
        ExperimentOutcome.Confirmed => "fp-tag fp-good",
        ExperimentOutcome.DirectionOnly => "fp-tag fp-warn",
        ExperimentOutcome.Refuted => "fp-tag fp-bad",
        _ => "fp-tag",
    };
}

namespace FleetProf.Analysis.Comparisons.Experiments;

/// <summary>What an experiment comes to, in words.</summary>
public static class ExperimentSentence
{
    /// <param name="outcome">Of all findings together.</param>
    /// <param name="findings">Of every metric that was foretold.</param>
    public static string Of(ExperimentOutcome outcome, IReadOnlyList<ExperimentFinding> findings) =>
        findings.FirstOrDefault(finding => finding.Outcome == outcome)?.Sentence ?? "UNDECIDED: nothing was foretold.";

    /// <summary>Before anything was changed.</summary>
    public static string Waiting(string setting, string value) => $"UNDECIDED: no instance has started with {setting}={value} since this was foretold.";
}

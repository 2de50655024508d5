using System.Globalization;

namespace FleetProf.Analysis.GcPauses.Advisor.Rules;

/// <summary>What several rules say alike.</summary>
internal static class Words
{
    public const string RestartExperiment =
        "Set it on one of several equal instances, let both sides run under the same load for an hour after a warm-up, swap them and repeat; compare pauses, time in GC and working set.";

    public const string Rollback = "Remove the setting and restart the instance; nothing is kept.";

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Size(double bytes) => bytes >= 1e9 ? Text($"{bytes / 1e9:0.0} GB") : Text($"{bytes / 1e6:0.0} MB");

    /// <summary>What every rule about one instance fills in alike.</summary>
    public static KnobAdvice About(InstanceEvidence instance, string rule, string observation, IReadOnlyList<AdviceFigure> figures, string change) => new()
    {
        Rule = rule,
        Instances = [instance.Source.Instance],
        Observation = observation,
        Figures = figures,
        Change = change,
        PauseMsPerHour = instance.PauseMsPerHour,
        Risk = "",
        Experiment = RestartExperiment,
        Rollback = Rollback,
    };

    public static AdviceFigure TimeInGc(InstanceEvidence instance, double? bound) => new("time in GC", instance.TimeInGcPercent, "%", bound);
}

using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Cli.Comparisons;

/// <summary>Comparisons in tables and as exit codes.</summary>
internal static class ComparisonOutput
{
    public static Column<Comparison>[] List =>
    [
        new("comparison", row => row.ComparisonId),
        new("service", row => row.Service),
        new("baseline", row => row.Baseline.Version),
        new("candidate", row => row.Candidate.Version),
        new("verdict", row => row.Verdict),
        new("created", row => row.CreatedAt),
        new("requested by", row => row.RequestedBy),
    ];

    public static void Write(CliContext context, Comparison comparison)
    {
        ResultWriter.WriteOne(context, comparison, [.. List, new("environment", row => row.Environment), new("due", row => row.DueAt), new("decided", row => row.DecidedAt), new("in words", row => row.Sentence)]);
        if (context.Output == OutputFormat.Table && comparison.Metrics.Count > 0)
        {
            context.Console.Out.WriteLine();
            ResultWriter.WriteTable(context.Console, comparison.Metrics, Metrics);
        }
    }

    public static int ExitCodeOf(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Pass => ExitCode.Success,
        ComparisonVerdict.Regressed => ExitCode.Regressed,
        _ => ExitCode.Inconclusive,
    };

    private static Column<MetricComparison>[] Metrics =>
    [
        new("metric", row => row.Metric),
        new("baseline", row => row.Baseline, row => Figure(row.Baseline, row.Unit)) { IsNumber = true },
        new("candidate", row => row.Candidate, row => Figure(row.Candidate, row.Unit)) { IsNumber = true },
        new("change", row => row.Effect, row => Human.Change(row.Effect)) { IsNumber = true },
        new("95 % interval", row => row.EffectLow, row => row.EffectLow is null ? "" : $"{Human.Change(row.EffectLow)} to {Human.Change(row.EffectHigh)}"),
        new("verdict", row => row.Verdict),
        new("why", row => row.Reason),
    ];

    private static string Figure(double? value, string unit) => value is null ? "" : unit switch
    {
        "ms" => Human.Milliseconds(value),
        "%" => Human.Percent(value),
        "B" => Human.Bytes(value),
        "B/s" or "B/h" => $"{Human.Bytes(value)}{unit[1..]}",
        _ => $"{Human.Of(value)} {unit}".Trim(),
    };
}

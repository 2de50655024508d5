using System.CommandLine;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Cli.GcPauses;

/// <summary>The verb `advise SERVICE`.</summary>
internal static class AdviseCommand
{
    private const int MostUnjudged = 5;

    private static readonly ServiceRange Range = new();

    public static Command Create() => CliCommand.Create("advise", "What to change about the GC of a service: evidence, predicted effect or why it is not predicted, risk, experiment, rollback.", Range.Symbols, RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var advice = await Range.GetAsync<ServiceAdvice>(context, "advice", _ => [], cancellationToken);
        switch (context.Output)
        {
            case OutputFormat.Json or OutputFormat.Ndjson:
                ResultWriter.WriteOne(context, advice);
                break;
            case OutputFormat.Csv:
                ResultWriter.WriteRows(context, advice.Advice, Fields);
                break;
            default:
                WriteForPeople(context, advice);
                break;
        }

        return ExitCode.Success;
    }

    private static void WriteForPeople(CliContext context, ServiceAdvice advice)
    {
        foreach (var one in advice.Advice)
        {
            ResultWriter.WriteOne(context, one, Fields);
            context.Console.Out.WriteLine();
        }

        var looked = $"{Human.Count(advice.InstanceCount)} running {(advice.InstanceCount == 1 ? "instance" : "instances")} of {advice.Service}, {Human.Time(advice.From)} to {Human.Time(advice.To)} UTC";
        context.Console.Note(advice.InstanceCount == 0
            ? $"No instance of {advice.Service} is running."
            : $"{(advice.Advice.Count > 0 ? "Looked at" : advice.Unjudged.Count < advice.InstanceCount ? "No rule fires on" : "Too little is known of")} {looked}.");
        foreach (var instance in advice.Unjudged.Take(MostUnjudged))
        {
            context.Console.Note($"Not judged: {instance.Instance}. {instance.Reason}");
        }

        if (advice.Unjudged.Count > MostUnjudged)
        {
            context.Console.Note($"Not judged: {advice.Unjudged.Count - MostUnjudged} more; --output json names them.");
        }
    }

    private static Column<GcAdvice>[] Fields =>
    [
        new("rule", row => row.Rule),
        new("change", row => row.Change),
        new("set", row => row.Setting.Length == 0 ? "" : row.Value.Length == 0 ? row.Setting : $"{row.Setting}={row.Value}"),
        new("observation", row => row.Observation),
        new("evidence", row => string.Join("; ", row.Figures.Select(Text))),
        new("predicted", row => string.Join("; ", row.Predicted.Select(Text))),
        new("risk", row => row.Risk),
        new("experiment", row => row.Experiment),
        new("rollback", row => row.Rollback),
        new("instances", row => row.InstanceCount, row => $"{Human.Count(row.InstanceCount)}, {(row.Instances.Count > 0 ? row.Instances[0] : "")} pauses most") { IsNumber = true },
        new("pauses", row => row.PauseMsPerHour, row => $"{Human.Of(Math.Round(row.PauseMsPerHour / 1000, 2))} s an hour") { IsNumber = true, Csv = "pause_ms_per_hour" },
    ];

    private static string Text(AdviceFigure figure) => figure.Bound is { } bound ? $"{figure.Name} {Text(figure.Value, figure.Unit)} (bound {Text(bound, figure.Unit)})" : $"{figure.Name} {Text(figure.Value, figure.Unit)}";

    private static string Text(PredictedChange change) => change.Predicted is { } value
        ? $"{change.Metric} {Human.Milliseconds(change.Present)} -> {Human.Milliseconds(value)} (90 % interval {Human.Milliseconds(change.Low)} to {Human.Milliseconds(change.High)})"
        : $"{change.Metric} {Human.Milliseconds(change.Present)} -> not predicted: {change.NotPredicted}";

    private static string Text(double value, string unit) => unit switch
    {
        "ms" => Human.Milliseconds(value),
        "%" => Human.Percent(value),
        "B" => Human.Bytes(value),
        "B/s" => $"{Human.Bytes(value)}/s",
        _ => $"{Human.Of(value)} {unit}".Trim(),
    };
}

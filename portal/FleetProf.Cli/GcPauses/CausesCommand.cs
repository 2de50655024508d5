using System.CommandLine;
using System.Globalization;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Cli.GcPauses;

/// <summary>The verb `causes SERVICE`.</summary>
internal static class CausesCommand
{
    private const int MostExplained = 3;

    private static readonly Argument<string> Service = new("service") { Description = "Name of a service." };
    private static readonly Option<string> From = new("--from") { Description = "Start: 30m, 2h, 7d ago, or a time.", DefaultValueFactory = _ => "1h" };
    private static readonly Option<string?> To = new("--to") { Description = "End; default: now." };
    private static readonly Option<string?> Instance = new("--instance") { Description = "Only this instance." };
    private static readonly Option<string?> Version = new("--service-version") { Description = "Only this version." };
    private static readonly Option<bool> ByVersion = new("--by-version") { Description = "A row per version and cause." };

    public static Command Create() => CliCommand.Create("causes", "Why the GC pauses of a service were as they were.", [Service, From, To, Instance, Version, ByVersion], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var now = context.Clock.GetUtcNow();
        var from = TimeArgument.Parse("--from", context.Get(From)!, now);
        var to = context.Get(To) is { } end ? TimeArgument.Parse("--to", end, now) : now;
        using var server = context.Connect();
        var causes = await server.GetAsync<PauseCauses>(
            QueryPath.Of(
                $"api/v1/services/{QueryPath.Segment(context.Get(Service))}/causes",
                ("from", from.ToString("O", CultureInfo.InvariantCulture)),
                ("to", to.ToString("O", CultureInfo.InvariantCulture)),
                ("instance", context.Get(Instance)),
                ("version", context.Get(Version))),
            cancellationToken);
        var rows = context.Get(ByVersion) ? causes.ByVersion : causes.Causes;
        if (context.Output != OutputFormat.Table)
        {
            ResultWriter.WriteRows(context, rows, Columns);
            return ExitCode.Success;
        }

        // Sentences do not go into a table.
        ResultWriter.WriteTable(context.Console, rows, Columns[..^1]);
        foreach (var cause in causes.Causes.Where(row => row.Cause is not (PauseCause.Ordinary or PauseCause.Unknown)).Take(MostExplained))
        {
            context.Console.Note($"{PauseCauseAdvice.NameOf(cause.Cause)}: {PauseCauseAdvice.Explain(cause.Cause)} {EvidenceOf(cause)}{PauseCauseAdvice.NextStep(cause.Cause)}");
        }

        return ExitCode.Success;
    }

    private static string EvidenceOf(CausePauses cause) =>
        cause.Longest is { Evidence.Length: > 0 } gc ? $"The longest, GC {gc.Number} of {gc.Instance}: {gc.Evidence} " : "";

    private static Column<CausePauses>[] Columns =>
    [
        new("cause", row => row.Cause, row => PauseCauseAdvice.NameOf(row.Cause)),
        new("version", row => row.Version),
        new("share", row => row.PausePercent, row => Human.Percent(row.PausePercent)) { IsNumber = true, Csv = "pause_percent" },
        new("pause", row => row.PauseMs, row => Human.Milliseconds(row.PauseMs)) { IsNumber = true, Csv = "pause_ms" },
        new("pauses", row => row.PauseCount) { IsNumber = true },
        new("p50", row => row.PauseP50Ms, row => Human.Milliseconds(row.PauseP50Ms)) { IsNumber = true, Csv = "pause_p50_ms" },
        new("p99", row => row.PauseP99Ms, row => Human.Milliseconds(row.PauseP99Ms)) { IsNumber = true, Csv = "pause_p99_ms" },
        new("max", row => row.MaxPauseMs, row => Human.Milliseconds(row.MaxPauseMs)) { IsNumber = true, Csv = "pause_max_ms" },
        new("evidence", row => row.Longest?.Evidence ?? ""),
    ];
}

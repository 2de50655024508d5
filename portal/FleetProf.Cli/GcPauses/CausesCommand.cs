using System.CommandLine;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Cli.GcPauses;

/// <summary>The verb `causes SERVICE`.</summary>
internal static class CausesCommand
{
    private const int MostExplained = 3;

    private static readonly ServiceRange Range = new();
    private static readonly Option<string?> Instance = new("--instance") { Description = "Only this instance." };
    private static readonly Option<string?> Version = new("--service-version") { Description = "Only this version." };
    private static readonly Option<bool> ByVersion = new("--by-version") { Description = "A row per version and cause." };

    public static Command Create() => CliCommand.Create("causes", "Why the GC pauses of a service were as they were.", [.. Range.Symbols, Instance, Version, ByVersion], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var causes = await Range.GetAsync<PauseCauses>(context, "causes", _ => [("instance", context.Get(Instance)), ("version", context.Get(Version))], cancellationToken);
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

using System.CommandLine;
using System.Globalization;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Cli.GcPauses;

/// <summary>The verb `gcs SERVICE`.</summary>
internal static class GcsCommand
{
    private static readonly ServiceRange Range = new();
    private static readonly Option<int> Top = new("--top") { Description = "How many, 1 to 1000. Over 20, some may be missing of hundreds of instances over hours.", DefaultValueFactory = _ => 20 };
    private static readonly Option<string?> Instance = new("--instance") { Description = "Only this instance." };
    private static readonly Option<string?> Version = new("--service-version") { Description = "Only this version." };

    public static Command Create() => CliCommand.Create("gcs", "The longest GCs of a service.", [.. Range.Symbols, Top, Instance, Version], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var gcs = await Range.GetAsync<IReadOnlyList<LongGc>>(
            context,
            "gcs",
            _ => [("top", context.Get(Top).ToString(CultureInfo.InvariantCulture)), ("instance", context.Get(Instance)), ("version", context.Get(Version))],
            cancellationToken);
        // Sentences do not go into a table.
        ResultWriter.WriteRows(context, gcs, context.Output == OutputFormat.Table ? Columns[..^1] : Columns);
        return ExitCode.Success;
    }

    private static Column<LongGc>[] Columns =>
    [
        new("pause", row => row.PauseMs, row => Human.Milliseconds(row.PauseMs)) { IsNumber = true, Csv = "pause_ms" },
        new("suspend", row => row.SuspendMs, row => Human.Milliseconds(row.SuspendMs)) { IsNumber = true, Csv = "suspend_ms" },
        new("gen", row => row.Generation) { IsNumber = true },
        new("kind", row => row.Kind),
        new("reason", row => row.Reason),
        new("promoted", row => row.PromotedBytes, row => Human.Bytes(row.PromotedBytes)) { IsNumber = true, Csv = "promoted_bytes" },
        new("ended", row => row.EndedAt),
        new("gc", row => row.Number) { IsNumber = true },
        new("version", row => row.Version),
        new("instance", row => row.Instance),
        new("cause", row => row.Cause, row => PauseCauseAdvice.NameOf(row.Cause)),
        new("evidence", row => row.Evidence),
    ];
}

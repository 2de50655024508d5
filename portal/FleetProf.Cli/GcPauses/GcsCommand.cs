using System.CommandLine;
using System.Globalization;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Cli.GcPauses;

/// <summary>The verb `gcs SERVICE`.</summary>
internal static class GcsCommand
{
    private static readonly Argument<string> Service = new("service") { Description = "Name of a service." };
    private static readonly Option<string> From = new("--from") { Description = "Start: 30m, 2h, 7d ago, or a time.", DefaultValueFactory = _ => "1h" };
    private static readonly Option<string?> To = new("--to") { Description = "End; default: now." };
    private static readonly Option<int> Top = new("--top") { Description = "How many.", DefaultValueFactory = _ => 20 };
    private static readonly Option<string?> Instance = new("--instance") { Description = "Only this instance." };
    private static readonly Option<string?> Version = new("--service-version") { Description = "Only this version." };

    public static Command Create() => CliCommand.Create("gcs", "The longest GCs of a service.", [Service, From, To, Top, Instance, Version], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var now = context.Clock.GetUtcNow();
        var from = TimeArgument.Parse("--from", context.Get(From)!, now);
        var to = context.Get(To) is { } end ? TimeArgument.Parse("--to", end, now) : now;
        using var server = context.Connect();
        var gcs = await server.GetAsync<IReadOnlyList<LongGc>>(
            QueryPath.Of(
                $"api/v1/services/{QueryPath.Segment(context.Get(Service))}/gcs",
                ("from", from.ToString("O", CultureInfo.InvariantCulture)),
                ("to", to.ToString("O", CultureInfo.InvariantCulture)),
                ("top", context.Get(Top).ToString(CultureInfo.InvariantCulture)),
                ("instance", context.Get(Instance)),
                ("version", context.Get(Version))),
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

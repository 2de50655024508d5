using System.CommandLine;
using System.Globalization;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts;
using FleetProf.Contracts.Heaps;

namespace FleetProf.Cli.Heaps;

/// <summary>The verb `heap growth SERVICE`.</summary>
internal static class HeapGrowthCommand
{
    private const int MostSentences = 3;

    private static readonly Argument<string> Service = new("service") { Description = "Name of a service." };
    private static readonly Option<string> From = new("--from") { Description = "Start: 12h, 7d ago, or a time.", DefaultValueFactory = _ => "7d" };
    private static readonly Option<string?> To = new("--to") { Description = "End; default: now." };
    private static readonly Option<string?> Version = new("--service-version") { Description = "Only this version." };

    public static Command Create() =>
        CliCommand.Create("growth", "Show what grows in the heaps of a service's replicas: by dominator path, in how many of them, how fast.", [Service, From, To, Version], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var now = context.Clock.GetUtcNow();
        var from = TimeArgument.Parse("--from", context.Get(From)!, now);
        var to = context.Get(To) is { } end ? TimeArgument.Parse("--to", end, now) : now;
        using var server = context.Connect();
        var path = QueryPath.Of(
            $"api/v1/services/{QueryPath.Segment(context.Get(Service))}/heap-growth",
            ("from", from.ToString("O", CultureInfo.InvariantCulture)),
            ("to", to.ToString("O", CultureInfo.InvariantCulture)),
            ("version", context.Get(Version)));
        Write(context, await server.GetAsync<HeapGrowthReport>(path, cancellationToken));
        return ExitCode.Success;
    }

    private static void Write(CliContext context, HeapGrowthReport report)
    {
        if (context.Output == OutputFormat.Csv)
        {
            ResultWriter.WriteRows(context, report.Rows, ColumnsOf(report));
        }
        else if (context.Output != OutputFormat.Table)
        {
            ResultWriter.WriteOne(context, report, []);
        }
        else
        {
            ResultWriter.WriteTable(context.Console, report.Rows, ColumnsOf(report));
        }

        foreach (var row in report.Rows.Take(MostSentences))
        {
            context.Console.Note(SafeText.ForTerminal(row.Sentence));
        }

        foreach (var note in Notes(report))
        {
            context.Console.Note(note);
        }
    }

    private static IEnumerable<string> Notes(HeapGrowthReport report)
    {
        if (report.GoProfiles > 0)
        {
            yield return "profiles of Go have no types and references; their difference shows which functions have more in use: see /profiles/diff in the portal";
        }

        if (report is { Replicas: 0, GoProfiles: 0 } or { Replicas: 0, SingleReplicas: > 0 })
        {
            yield return $"no replica has two complete heap snapshots in this time: take some with `fleetprof capture --kind gcdump {ShellWord.Argument(report.Service)}`, and again later";
        }
        else if (report is { Replicas: > 0, Rows.Count: 0 })
        {
            yield return $"nothing grows in {Replicas(report.Replicas)} by more than 0.2 % of the heap";
        }

        if (report.SingleReplicas > 0)
        {
            yield return $"one snapshot only, which tells nothing about growth: {Replicas(report.SingleReplicas)}";
        }

        if (report.LeftOutSnapshots > 0)
        {
            yield return $"{Human.Count(report.LeftOutSnapshots)} snapshots took no part: they are incomplete or have no stored dominator tree";
        }

        if (report.IsCut)
        {
            yield return "there were more snapshots than are looked at: of each replica the first, the last and some between were, of very many replicas those with most snapshots";
        }
    }

    private static string Replicas(int count) => count == 1 ? "1 replica" : $"{Human.Count(count)} replicas";

    private static Column<HeapGrowthRow>[] ColumnsOf(HeapGrowthReport report) =>
    [
        new("replicas", row => row.GrowingReplicas, row => $"{row.GrowingReplicas} of {report.Replicas}") { Csv = "growing_replicas", IsNumber = true },
        new("per hour", row => row.BytesPerHour, row => $"+{Human.Bytes((long)row.BytesPerHour)}") { Csv = "bytes_per_hour", IsNumber = true },
        new("fades", row => row.IsFading, row => row.IsFading ? "yes" : "") { Csv = "is_fading" },
        new("path", row => string.Join(" > ", row.Steps)),
    ];
}

using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Heaps;

namespace FleetProf.Cli.Heaps;

/// <summary>The noun `heap`: questions about heap snapshots that the server has analysed.</summary>
internal static class HeapCommand
{
    public static Command Create() => CliCommand.Group("heap", "Ask about heap snapshots of the server.", Diff(), HeapGrowthCommand.Create(), HeapDualCommand.Create());

    private static Command Diff()
    {
        var from = new Argument<string>("from") { Description = "Id of the earlier heap snapshot." };
        var to = new Argument<string>("to") { Description = "Id of the later one, of the same service." };
        var rows = new Option<int>("--rows") { Description = "Rows of each table.", DefaultValueFactory = _ => 20 };
        return CliCommand.Create("diff", "Show what changed between two heap snapshots of a service.", [from, to, rows], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of("api/v1/heaps/diff", ("from", context.Get(from)), ("to", context.Get(to)));
            Write(context, await server.GetAsync<HeapDiffReport>(path, cancellationToken), Math.Max(1, context.Get(rows)));
            return ExitCode.Success;
        });
    }

    private static void Write(CliContext context, HeapDiffReport diff, int rows)
    {
        if (context.Output == OutputFormat.Csv)
        {
            ResultWriter.WriteRows(context, diff.Rows, Types);
        }
        else if (context.Output != OutputFormat.Table)
        {
            ResultWriter.WriteOne(context, diff, []);
        }
        else
        {
            WriteForPeople(context, diff, rows);
        }

        foreach (var side in new[] { diff.From, diff.To }.Where(side => !side.IsComplete))
        {
            context.Console.Note($"warning: {side.CaptureId} is incomplete ({side.IncompleteReason}): nothing may be concluded from a difference");
        }
    }

    private static void WriteForPeople(CliContext context, HeapDiffReport diff, int rows)
    {
        var output = context.Console.Out;
        foreach (var (name, side) in new[] { ("from", diff.From), ("to", diff.To) })
        {
            output.WriteLine($"{name,-5} {SafeText.ForTerminal(side.CaptureId)}: {Human.Count(side.Objects)} objects, {Human.Bytes(side.HeapBytes)}");
        }

        Section(context, "What holds more or less", diff.Paths, rows, Paths);
        Section(context, "Types that grew", [.. diff.Rows.Where(row => row.RetainedGrowth > 0)], rows, Types);
        Section(context, "Types that shrank", [.. diff.Rows.Where(row => row.RetainedGrowth < 0).Reverse()], rows, Types);
    }

    private static void Section<T>(CliContext context, string title, IReadOnlyList<T> rows, int limit, IReadOnlyList<Column<T>> columns)
    {
        if (rows.Count > 0)
        {
            context.Console.Out.WriteLine();
            context.Console.Out.WriteLine(rows.Count > limit ? $"{title} ({limit} of {Human.Count(rows.Count)})" : title);
            ResultWriter.WriteTable(context.Console, [.. rows.Take(limit)], [.. columns]);
        }
    }

    private static Column<HeapPathChange>[] Paths =>
    [
        new("retained growth", row => row.RetainedGrowth, row => Growth(row.RetainedGrowth)) { IsNumber = true },
        new("objects before", row => row.ObjectsBefore, row => Human.Count(row.ObjectsBefore)) { IsNumber = true },
        new("objects after", row => row.ObjectsAfter, row => Human.Count(row.ObjectsAfter)) { IsNumber = true },
        new("path", row => string.Join(" > ", row.Steps)),
    ];

    private static Column<HeapTypeChange>[] Types =>
    [
        new("retained growth", row => row.RetainedGrowth, row => Growth(row.RetainedGrowth)) { IsNumber = true, Csv = "retained_growth_bytes" },
        new("new >=", row => row.NewAtLeast, row => Human.Count(row.NewAtLeast)) { IsNumber = true, Csv = "new_at_least" },
        new("dead >=", row => row.DeadAtLeast, row => Human.Count(row.DeadAtLeast)) { IsNumber = true, Csv = "dead_at_least" },
        new("survived <=", row => row.SurvivedAtMost, row => Human.Count(row.SurvivedAtMost)) { IsNumber = true, Csv = "survived_at_most" },
        new("retained before", row => row.RetainedBytesBefore, row => Human.Bytes(row.RetainedBytesBefore)) { IsNumber = true, Csv = "retained_before_bytes" },
        new("retained after", row => row.RetainedBytesAfter, row => Human.Bytes(row.RetainedBytesAfter)) { IsNumber = true, Csv = "retained_after_bytes" },
        new("type", row => row.Type),
    ];

    private static string Growth(long bytes) => bytes > 0 ? $"+{Human.Bytes(bytes)}" : bytes < 0 ? $"-{Human.Bytes(-bytes)}" : "0";
}

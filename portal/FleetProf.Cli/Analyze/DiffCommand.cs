using System.CommandLine;

namespace FleetProf.Cli.Analyze;

/// <summary>The verb `analyze diff BEFORE AFTER`: what changed between two heap snapshots.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var before = new Argument<string>("before") { Description = "The earlier snapshot: a .nettrace, .gcdump or heap.graph file." };
        var after = new Argument<string>("after") { Description = "The later one, of the same or another process." };
        var keep = new Option<string?>("--to") { Description = "Keep the result files in this folder.", HelpName = "DIR" };
        var rows = new Option<int>("--rows") { Description = "Rows per table for people; JSON and CSV have all.", DefaultValueFactory = _ => 15 };
        return CliCommand.Create("diff", "Compare two heap snapshots by type and by what holds them.", [before, after, keep, rows], async (context, cancellationToken) =>
        {
            var (first, second) = (InputFile.Existing(context.Get(before)), InputFile.Existing(context.Get(after)));
            using var folder = ResultFolder.Open(context.Get(keep));
            await AnalyzerProcess.DiffAsync(first, second, folder.Path, cancellationToken);
            DiffTables.Write(context, folder.Path, context.Get(rows));
            folder.Keep(context.Console, first, second);
            return ExitCode.Success;
        });
    }
}

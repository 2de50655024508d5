using System.CommandLine;

namespace FleetProf.Cli.Analyze;

/// <summary>The verb `analyze FILE`: the analyzer on a local file, without any server.</summary>
internal static class AnalyzeCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "A .nettrace or .gcdump file, a pprof profile (Go: heap, allocs, profile, goroutine), or a log of collections: gctrace of Go, -Xlog:gc* of Java." };
        var kind = new Option<string?>("--kind", "-k") { Description = "trace, alloc, gcdump or gc. Default: found out from the file." };
        kind.AcceptOnlyFromAmong("trace", "alloc", "gcdump", "gc");
        var keep = new Option<string?>("--to") { Description = "Keep all result files in this folder, in place of those of an earlier run.", HelpName = "DIR" };
        var rows = new Option<int>("--rows") { Description = "Rows per table for people; JSON and CSV have all.", DefaultValueFactory = _ => 15 };
        var command = CliCommand.Create("analyze", "Analyse a recording, profile or heap snapshot offline.", [file, kind, keep, rows], async (context, cancellationToken) =>
        {
            var input = InputFile.Existing(context.Get(file));
            using var folder = ResultFolder.Open(context.Get(keep));
            await AnalyzerProcess.AnalyzeAsync(input, context.Get(kind), folder.Path, cancellationToken);
            AnalysisTables.Write(context, folder.Path, context.Get(rows));
            folder.Keep(context.Console, input);
            return ExitCode.Success;
        });
        command.Add(DiffCommand.Create());
        command.Add(EscapesCommand.Create());
        return command;
    }
}

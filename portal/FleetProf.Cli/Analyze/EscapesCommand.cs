using System.CommandLine;

namespace FleetProf.Cli.Analyze;

/// <summary>The verb `analyze escapes REPORT PROFILE`: what each escape in a Go program costs.</summary>
internal static class EscapesCommand
{
    public static Command Create()
    {
        var report = new Argument<string>("report") { Description = "What `go build -gcflags=-m=2` printed, a file of -gcflags=-json=0,DIR, or DIR." };
        var profile = new Argument<string>("profile") { Description = "An allocation profile of the same build: /debug/pprof/allocs?seconds=N, or an alloc.pb.gz of go tool pprof." };
        var keep = new Option<string?>("--to") { Description = "Keep the result files in this folder.", HelpName = "DIR" };
        var rows = new Option<int>("--rows") { Description = "Rows per table for people; JSON and CSV have all.", DefaultValueFactory = _ => 15 };
        return CliCommand.Create("escapes", "Join an escape report of Go with an allocation profile, line by line.", [report, profile, keep, rows], async (context, cancellationToken) =>
        {
            var (said, allocated) = (InputFile.ExistingFileOrFolder(context.Get(report)), InputFile.Existing(context.Get(profile)));
            using var folder = ResultFolder.Open(context.Get(keep));
            await AnalyzerProcess.EscapesAsync(said, allocated, folder.Path, cancellationToken);
            EscapeTables.Write(context, folder.Path, context.Get(rows));
            folder.Keep(context.Console, said, allocated);
            return ExitCode.Success;
        });
    }
}

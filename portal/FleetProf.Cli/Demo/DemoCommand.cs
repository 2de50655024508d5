using System.CommandLine;

namespace FleetProf.Cli.Demo;

/// <summary>The verb `demo`.</summary>
public static class DemoCommand
{
    public static Command Create() => CliCommand.Create("demo", "Not in this build yet.", [], (_, _) =>
        throw new CommandFailedException(ExitCode.Usage, "`demo` is not in this build."));
}

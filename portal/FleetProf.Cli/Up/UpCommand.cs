using System.CommandLine;

namespace FleetProf.Cli.Up;

/// <summary>The verb `up`.</summary>
public static class UpCommand
{
    public static Command Create() => CliCommand.Create("up", "Not in this build yet.", [], (_, _) =>
        throw new CommandFailedException(ExitCode.Usage, "`up` is not in this build."));
}

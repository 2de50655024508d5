using System.CommandLine;

namespace FleetProf.Cli.Agents;

/// <summary>The verb `agent`.</summary>
public static class AgentCommand
{
    public static Command Create() => CliCommand.Create("agent", "Not in this build yet.", [], (_, _) =>
        throw new CommandFailedException(ExitCode.Usage, "`agent` is not in this build."));
}

using System.CommandLine;
using System.Diagnostics;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Agents;

/// <summary>The verb `agent`: an agent for this machine in the foreground; and the verbs below it, of hosts that join and of the agents that did.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var silo = new Option<string?>("--silo") { Description = "Agent address of the silo. Default: the one that this host has joined. Plain http is for loopback only.", HelpName = "URL" };
        var policy = new Option<string?>("--policy") { Description = "This host's policy file; no server can override it.", HelpName = "FILE" };
        var agent = CliCommand.Create("agent", "Run an agent for this machine in the foreground; join a silo, and manage agents that did.", [silo, policy], async (context, cancellationToken) =>
        {
            var policyFile = context.Get(policy) is { } file ? CliContext.FullPathOf(file, "--policy") : null;
            if (policyFile is not null && !File.Exists(policyFile))
            {
                throw new CommandFailedException(ExitCode.Usage, $"--policy: there is no file {policyFile}.");
            }

            if (context.Get(silo) is null && !JoinedHost.IsIn(FolderOf(context)))
            {
                throw new CommandFailedException(ExitCode.Usage, $"This host has not joined a silo: there is no {JoinedHost.FileName} in {FolderOf(context)}.", "Join with `fleetprof agent join`, or name a silo of this host with --silo.");
            }

            PrivateFolder.Create(context.DataFolder);
            var program = InstallationPrograms.AgentOf(context.Get(silo), FolderOf(context), policyFile, context.DataFolder);
            using var life = LaunchWatch.Watch(context.Clock, cancellationToken);
            return await RunAsync(program, life.Token);
        });
        foreach (var verb in (IEnumerable<Command>)[AgentJoin.Create(), AgentTokens.Create(), .. AgentRegistry.Create()])
        {
            agent.Add(verb);
        }

        return agent;
    }

    /// <summary>The agent's state folder.</summary>
    public static string FolderOf(CliContext context) => Path.Combine(context.DataFolder, "agent");

    /// <summary>The agent writes to our terminal and ends with us, because it reads our end of its standard input.</summary>
    private static async Task<int> RunAsync(ChildProgram program, CancellationToken cancellationToken)
    {
        var start = program.ToStartInfo();
        start.RedirectStandardOutput = false;
        start.RedirectStandardError = false;
        using var agent = Process.Start(start) ?? throw new CommandFailedException(ExitCode.Usage, "The agent did not start.");
        await using var stop = cancellationToken.Register(agent.StandardInput.Close);
        await agent.WaitForExitAsync(CancellationToken.None);
        return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : agent.ExitCode;
    }
}

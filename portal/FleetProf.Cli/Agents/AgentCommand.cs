using System.CommandLine;
using System.Diagnostics;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Agents;

/// <summary>The verb `agent`: an agent for this machine in the foreground.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var silo = new Option<string>("--silo") { Description = "Agent address of the silo, for example https://silo.example:7443. Plain http is for loopback only.", HelpName = "URL", Required = true };
        var policy = new Option<string?>("--policy") { Description = "This host's policy file; no server can override it.", HelpName = "FILE" };
        return CliCommand.Create("agent", "Run an agent for this machine in the foreground.", [silo, policy], async (context, cancellationToken) =>
        {
            var policyFile = context.Get(policy) is { } file ? Path.GetFullPath(file) : null;
            if (policyFile is not null && !File.Exists(policyFile))
            {
                throw new CommandFailedException(ExitCode.Usage, $"--policy: there is no file {policyFile}.");
            }

            PrivateFolder.Create(context.DataFolder);
            var program = InstallationPrograms.AgentOf(context.Get(silo)!, Path.Combine(context.DataFolder, "agent"), policyFile, context.DataFolder);
            using var life = LaunchWatch.Watch(context.Clock, cancellationToken);
            return await RunAsync(program, life.Token);
        });
    }

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

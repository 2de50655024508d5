using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FleetProf.Cli.Terminal;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Agents;

/// <summary>The verb `agent join`: once per host.</summary>
internal static class AgentJoin
{
    private const string Variable = "FLEETPROF_JOIN_TOKEN";
    private const string UnitFolder = "/var/lib/fleetprof-agent";

    public static Command Create()
    {
        var url = new Argument<string>("url") { Description = "Enrolment address of the silo, for example https://silo.example:7444." };
        var token = new Option<string?>("--token") { Description = $"Join token. Default: {Variable}, which other users of this host cannot read." };
        var hash = new Option<string>("--ca-hash") { Description = "Hash of the silo's authority, sha256:…; nothing else is trusted.", HelpName = "HASH", Required = true };
        var wait = new Option<string>("--wait") { Description = "How long to wait for approval. Default: 15m.", HelpName = "TIME", DefaultValueFactory = _ => "15m" };
        var again = new Option<bool>("--again") { Description = "Join anew, as another agent, although this host has joined." };
        var folder = new Option<string?>("--state-folder") { Description = $"State folder of the agent that is to join. Default: agent in the data folder, which `fleetprof agent` reads; the systemd unit's is {UnitFolder}.", HelpName = "DIR" };
        return CliCommand.Create("join", "Make this host an agent of a silo.", [url, token, hash, wait, again, folder], (context, cancellationToken) =>
        {
            var secret = context.Get(token) ?? context.Console.Variable(Variable)
                ?? throw new CommandFailedException(ExitCode.Usage, "There is no join token.", $"Give --token or set {Variable}; `fleetprof agent token create` makes one.");
            var settings = new JoinSettings(context.Get(url), secret, context.Get(hash)!) { Wait = TimeArgument.ParseDuration("--wait", context.Get(wait)!), Again = context.Get(again) };
            return context.Get(folder) is { Length: > 0 } named
                ? RunAsync(settings, Path.GetFullPath(named), Path.GetFullPath(named), cancellationToken)
                : RunAsync(settings, AgentCommand.FolderOf(context), context.DataFolder, cancellationToken);
        });
    }

    /// <summary>Runs the agent's program for it; it writes to our terminal. The token goes through the environment, which is its owner's alone.</summary>
    public static async Task<int> RunAsync(JoinSettings settings, string stateFolder, string workingFolder, CancellationToken cancellationToken)
    {
        PrivateFolder.Create(workingFolder);
        var command = BuiltProgram.Command("FleetProf.Agent");
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, WorkingDirectory = workingFolder, RedirectStandardOutput = settings.IsQuiet };
        string[] arguments =
        [
            .. command.Skip(1), "join",
            $"--FleetProf:Join:Url={settings.Url}",
            $"--FleetProf:Join:CaHash={settings.CaHash}",
            $"--FleetProf:Join:Wait={settings.Wait.ToString("c", CultureInfo.InvariantCulture)}",
            $"--FleetProf:Join:Again={settings.Again}",
            $"--FleetProf:Agent:StateFolder={stateFolder}",
        ];
        arguments.ToList().ForEach(start.ArgumentList.Add);
        start.Environment["FleetProf__Join__Token"] = settings.Token;
        using var join = Process.Start(start) ?? throw new CommandFailedException(ExitCode.Usage, "The agent's program did not start.");
        try
        {
            if (settings.IsQuiet)
            {
                await join.StandardOutput.ReadToEndAsync(cancellationToken);
            }

            await join.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            join.Kill();
            throw;
        }

        return join.ExitCode == 0 ? ExitCode.Success : ExitCode.Usage;
    }
}

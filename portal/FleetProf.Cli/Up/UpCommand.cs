using System.CommandLine;
using System.Globalization;
using System.Net;

namespace FleetProf.Cli.Up;

/// <summary>The verb `up`: a silo, a portal and an agent for this machine.</summary>
internal static class UpCommand
{
    private const int AgentPort = 7443;
    private const int EnrolmentPort = 7444;

    public static Command Create()
    {
        var options = new UpOptions();
        var listen = new Option<string?>("--listen")
        {
            Description = $"Address where agents of other hosts connect, as ADDRESS or ADDRESS:PORT (default port {AgentPort}). Anything but loopback implies --enrol. Default: a free loopback port.",
            HelpName = "ADDRESS",
        };
        var enrol = new Option<bool>("--enrol") { Description = "Make the silo its own certificate authority: agents join, on the port after that of --listen, and come with certificates (`fleetprof agent token create`)." };
        var noAgent = new Option<bool>("--no-agent") { Description = "Do not watch the processes of this machine." };
        return CliCommand.Create("up", "Run a silo, a portal and an agent for this machine.", [.. options.All, listen, enrol, noAgent], async (context, cancellationToken) =>
        {
            var duration = options.DurationOf(context);
            var agents = (context.Get(listen) ?? (context.Get(enrol) ? "127.0.0.1" : null)) is { } address ? WithPort(address) : null;
            using var folderLock = FolderLock.Take(context.DataFolder);
            var plan = new InstallationPlan
            {
                DataFolder = context.DataFolder,
                StateFolder = context.DataFolder,
                PortalPort = options.PortOf(context),
                AgentListen = agents,
                EnrolmentListen = agents is not null && (context.Get(enrol) || !IsLoopback(agents)) ? EnrolmentOf(agents) : null,
                HasAgent = !context.Get(noAgent),
            };
            using var life = LaunchWatch.Watch(context.Clock, cancellationToken);
            await using var installation = await Installation.StartAsync(plan, context, life.Token);
            options.ShowLink(context, installation);
            if (plan.EnrolmentListen is not null)
            {
                context.Console.Note("Other hosts join with the command that `fleetprof agent token create` prints.");
            }

            context.Console.Note($"Logs are in {plan.LogFolder}. Ctrl+C ends everything.");
            await Task.Delay(duration ?? Timeout.InfiniteTimeSpan, context.Clock, life.Token);
            return ExitCode.Success;
        });
    }

    /// <summary>What is no address is left to the silo, which says what is wrong with it.</summary>
    internal static bool IsLoopback(string listen) =>
        listen.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) || (IPEndPoint.TryParse(listen, out var endpoint) && IPAddress.IsLoopback(endpoint.Address));

    /// <summary>The port after that of the agents; 7444 after the default one.</summary>
    internal static string EnrolmentOf(string agentListen)
    {
        var colon = agentListen.LastIndexOf(':');
        var port = int.TryParse(agentListen[(colon + 1)..], CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65535 ? number + 1 : EnrolmentPort;
        return string.Create(CultureInfo.InvariantCulture, $"{agentListen[..colon]}:{port}");
    }

    /// <summary>"10.0.0.5" becomes "10.0.0.5:7443"; "[::1]" likewise; what has a port stays.</summary>
    internal static string WithPort(string address) =>
        address.Contains(':', StringComparison.Ordinal) && !address.EndsWith(']') ? address : $"{address}:{AgentPort}";
}

using System.CommandLine;

namespace FleetProf.Cli.Up;

/// <summary>The verb `up`: a silo, a portal and an agent for this machine.</summary>
internal static class UpCommand
{
    private const int AgentPort = 7443;

    public static Command Create()
    {
        var options = new UpOptions();
        var listen = new Option<string?>("--listen")
        {
            Description = $"Address where agents of other hosts connect, as ADDRESS or ADDRESS:PORT (default port {AgentPort}). Anything but loopback needs TLS. Default: a free loopback port.",
            HelpName = "ADDRESS",
        };
        var noAgent = new Option<bool>("--no-agent") { Description = "Do not watch the processes of this machine." };
        return CliCommand.Create("up", "Run a silo, a portal and an agent for this machine.", [.. options.All, listen, noAgent], async (context, cancellationToken) =>
        {
            var duration = options.DurationOf(context);
            using var folderLock = FolderLock.Take(context.DataFolder);
            var plan = new InstallationPlan
            {
                DataFolder = context.DataFolder,
                StateFolder = context.DataFolder,
                PortalPort = options.PortOf(context),
                AgentListen = context.Get(listen) is { } address ? WithPort(address) : null,
                HasAgent = !context.Get(noAgent),
            };
            using var life = LaunchWatch.Watch(context.Clock, cancellationToken);
            await using var installation = await Installation.StartAsync(plan, context, life.Token);
            options.ShowLink(context, installation);
            context.Console.Note($"Logs are in {plan.LogFolder}. Ctrl+C ends everything.");
            await Task.Delay(duration ?? Timeout.InfiniteTimeSpan, context.Clock, life.Token);
            return ExitCode.Success;
        });
    }

    /// <summary>"10.0.0.5" becomes "10.0.0.5:7443"; "[::1]" likewise; what has a port stays.</summary>
    internal static string WithPort(string address) =>
        address.Contains(':', StringComparison.Ordinal) && !address.EndsWith(']') ? address : $"{address}:{AgentPort}";
}

using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Demo;

/// <summary>The verb `demo`: `up`, real services under load, and after a while a bad deploy.</summary>
internal static class DemoCommand
{
    /// <summary>Between a deploy and its comparison.</summary>
    private static readonly TimeSpan Soak = TimeSpan.FromSeconds(45);

    /// <summary>Of release 1.0, before 1.1 replaces it: at least four full windows of vitals.</summary>
    private static readonly TimeSpan Baseline = TimeSpan.FromSeconds(45);

    public static Command Create()
    {
        var options = new UpOptions();
        return CliCommand.Create(
            "demo", "Run everything on this machine: a silo, a portal, an agent, and real services of which one gets a bad deploy.", options.All,
            (context, cancellationToken) => RunAsync(options, context, cancellationToken));
    }

    private static async Task<int> RunAsync(UpOptions options, CliContext context, CancellationToken cancellationToken)
    {
        var clock = new DemoClock(context.Console);
        var duration = options.DurationOf(context);
        using var life = LaunchWatch.Watch(context.Clock, cancellationToken);
        using var folderLock = FolderLock.Take(context.DataFolder);
        using var names = DemoNames.Claim(Path.GetTempPath());
        var folder = await DemoFolder.MakeFreshAsync(context.DataFolder, context.Clock, life.Token);
        var plan = new InstallationPlan
        {
            DataFolder = context.DataFolder,
            PortalPort = options.PortOf(context),
            StateFolder = folder,
            PolicyFile = await DemoFolder.WritePolicyAsync(folder, life.Token),
            SiloArguments = [$"--FleetProf:Deploys:Soak={Soak:c}"],
        };

        // The agent is the first to end: its sessions in the services end before they do.
        await using var services = DemoServices.Start(plan, names, context.Console);
        await using var installation = await Installation.StartAsync(plan, context, life.Token);
        clock.Tell($"the portal is ready; {string.Join(", ", names.Services)} are running");
        options.ShowLink(context, installation);
        Explain(context, plan, names);
        using var server = ServerConnection.Open(installation.Connection.Url, installation.Connection.Token, plan.DataFolder);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(life.Token);
        if (duration is { } wanted)
        {
            ending.CancelAfter(wanted > clock.Elapsed ? wanted - clock.Elapsed : TimeSpan.Zero);
        }

        var watch = context.ShowsProgress ? new DemoWatch(server, names, clock, context.Clock).RunAsync(ending.Token) : Task.CompletedTask;
        try
        {
            await DeployAsync(services, names, clock, context, ending.Token);
            await watch;
            await Task.Delay(Timeout.InfiniteTimeSpan, ending.Token);
        }
        catch (OperationCanceledException) when (!life.IsCancellationRequested)
        {
            // --for is over.
        }

        await UntilOverAsync(watch);
        return ExitCode.Success;
    }

    private static async Task DeployAsync(DemoServices services, DemoNames names, DemoClock clock, CliContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(Baseline, context.Clock, cancellationToken);
        clock.Tell($"{names.Checkout} {DemoServices.SecondRelease} is being deployed in place of {DemoServices.FirstRelease}; its comparison starts by itself in {Soak.TotalSeconds:0} s");
        await services.RedeployCheckoutAsync();
    }

    private static async Task UntilOverAsync(Task watch)
    {
        try
        {
            await watch;
        }
        catch (OperationCanceledException)
        {
            // As it should.
        }
    }

    private static void Explain(CliContext context, InstallationPlan plan, DemoNames names)
    {
        var data = plan.DataFolder == Path.GetFullPath(CliOptions.DefaultDataFolder) ? "" : $" --data {plan.DataFolder}";
        string[] tries =
        [
            "instances",
            $"campaign create --service {names.Checkout} --service {names.Reports} --kind trace --kind alloc --kind gcdump --wait",
            $"trends {names.Reports}",
            "comparisons list",
        ];
        context.Console.Note("Try in another terminal:");
        foreach (var line in tries)
        {
            context.Console.Note($"  {LaunchWatch.OwnCommand()} {line}{data}");
        }

        context.Console.Note($"In {Baseline.TotalSeconds:0} s {names.Checkout} gets a release that leaks and boxes. Logs are in {plan.LogFolder}. Ctrl+C ends everything.");
    }
}

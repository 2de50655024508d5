using System.CommandLine;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts;
using FleetProf.Contracts.Budgets;

namespace FleetProf.Cli.Budgets;

/// <summary>The verbs `hold …`: stop captures of the fleet or of a service, and let them start again.</summary>
internal static class HoldCommand
{
    private const string Route = "api/v1/holds";

    public static Command Create() => CliCommand.Group("hold", "Stop all captures, or those of a service, and let them start again.", Place(), Lift(), List());

    private static Command Place()
    {
        var (service, reason) = (Service("Only of this service. Default: of the whole fleet."), Reason());
        var minutes = new Option<int?>("--minutes") { Description = "It ends by itself after so many minutes. Default: it stays until it is lifted.", HelpName = "N" };
        return CliCommand.Create("place", "Stop captures that run, and let none start.", [service, reason, minutes], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var request = new HoldRequest { Service = context.Get(service) ?? CaptureHold.EveryService, Reason = context.Get(reason)!, Minutes = context.Get(minutes) };
            var hold = await server.PostAsync<CaptureHold>(Route, request, cancellationToken);
            if (context.Output != OutputFormat.Table)
            {
                ResultWriter.WriteOne(context, hold, Columns);
                return ExitCode.Success;
            }

            context.Console.Out.WriteLine(SafeText.ForTerminal(hold.Sentence));
            context.Console.Note($"Lift it with `fleetprof hold lift{(hold.IsForAll ? "" : $" {ShellWord.Option("--service", hold.Service)}")} --reason TEXT`.");
            return ExitCode.Success;
        });
    }

    private static Command Lift()
    {
        var (service, reason) = (Service("The hold of this service. Default: that of the whole fleet."), Reason());
        return CliCommand.Create("lift", "Let captures start again. What was stopped stays stopped.", [service, reason], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var target = context.Get(service) ?? CaptureHold.EveryService;
            await server.PostAsync($"{Route}/lift", cancellationToken, new { Service = target, Reason = context.Get(reason)! });
            context.Console.Note($"Captures of {(target == CaptureHold.EveryService ? "all services" : SafeText.ForTerminal(target))} may start again.");
            return ExitCode.Success;
        });
    }

    private static Command List() => CliCommand.Create("list", "List what may not be captured now.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        ResultWriter.WriteRows(context, await server.GetAsync<IReadOnlyList<CaptureHold>>(Route, cancellationToken), Columns);
        return ExitCode.Success;
    });

    private static Column<CaptureHold>[] Columns =>
    [
        new("service", hold => hold.Service), new("since", hold => hold.PlacedAt), new("until", hold => hold.EndsAt), new("by", hold => hold.PlacedBy),
        new("alert", hold => hold.IsByAlert ? "yes" : "no"), new("reason", hold => hold.Reason),
    ];

    private static Option<string?> Service(string description) => new("--service") { Description = description, HelpName = "NAME" };

    private static Option<string> Reason() => new("--reason") { Description = "Why; everybody sees it, and the audit log keeps it.", HelpName = "TEXT", Required = true };
}

using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Agents;

/// <summary>The verbs `agent list`, `agent approve`, `agent revoke` and `agent ca …`.</summary>
internal static class AgentRegistry
{
    private const string Route = "api/v1/agents";
    private const string Enrolment = "api/v1/enrolment";

    private static readonly Argument<string> Agent = new("agent") { Description = "Id of an agent; `agent list` has it." };

    private static readonly Option<bool> Silent = new("--silent") { Description = "Only those that may connect and are not connected now, first whose certificate ended or ends first." };

    public static IEnumerable<Command> Create() =>
    [
        CliCommand.Create("list", "List agents that joined, newest first.", [Silent], ListAsync),
        CliCommand.Create("approve", "Let a pending agent have its certificate.", [Agent], (context, cancellationToken) => ChangeAsync(context, "approve", "is approved; its host goes on by itself", cancellationToken)),
        CliCommand.Create("revoke", "End an agent's sessions and refuse it for ever.", [Agent], (context, cancellationToken) => ChangeAsync(context, "revoke", "is revoked; its sessions end within seconds", cancellationToken)),
        CliCommand.Group("ca", "The silo's certificate authority.", Show(), Rotate()),
    ];

    private static async Task<int> ListAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        ResultWriter.WriteRows(
            context,
            await server.GetAsync<IReadOnlyList<EnrolledAgent>>(context.Get(Silent) ? $"{Route}?silent=true" : Route, cancellationToken),
            new("agent", row => row.AgentId),
            new("host", row => row.HostName),
            new("standing", row => row.Standing),
            new("since", row => row.ChangedAt),
            new("by", row => row.ChangedBy),
            new("attached", row => row.IsAttached switch { true => "yes", false => "no", null => null }),
            new("certificate until", row => row.CertificateExpiresAt),
            new("labels", row => string.Join(' ', row.Labels.Select(label => $"{label.Key}={label.Value}"))),
            new("reason", row => row.Reason));
        return ExitCode.Success;
    }

    private static async Task<int> ChangeAsync(CliContext context, string verb, string done, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        await server.PostAsync($"{Route}/{QueryPath.Segment(context.Get(Agent))}/{verb}", cancellationToken);
        context.Console.Note($"Agent {context.Get(Agent)} {done}.");
        return ExitCode.Success;
    }

    private static Command Show() => CliCommand.Create("show", "Where hosts join, and the hash to pin.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        var info = await server.GetAsync<EnrolmentInfo>(Enrolment, cancellationToken);
        ResultWriter.WriteOne(
            context,
            info,
            new("enrolment", row => row.IsOn ? "on" : "off"),
            new("join url", row => row.JoinUrl),
            new("ca hash", row => row.CaHash),
            new("trusted", row => string.Join(' ', row.Roots)),
            new("next root", row => row.NextRoot),
            new("ready", row => row.NextRootReadyAt));
        return ExitCode.Success;
    });

    private static Command Rotate() => CliCommand.Create("rotate", "Do the next step of a change of the root: make, use, forget the old.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        context.Console.Out.WriteLine(SafeText.ForTerminal((await server.PostAsync<RotationStep>($"{Enrolment}/rotate-root", null, cancellationToken)).Said));
        return ExitCode.Success;
    });

    private sealed record RotationStep(string Said);
}

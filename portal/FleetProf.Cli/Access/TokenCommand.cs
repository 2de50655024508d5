using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Access;

/// <summary>The verbs `token …`: API tokens for programs.</summary>
internal static class TokenCommand
{
    private const string Route = "api/v1/tokens";

    public static Command Create() => CliCommand.Group("token", "API tokens for programs, and open sessions.", CreateToken(), List(), Revoke());

    private static Command CreateToken()
    {
        var name = new Argument<string>("name") { Description = "For people and the audit log." };
        var role = new Option<Role>("--role") { Description = "viewer, operator or admin. Default: viewer.", DefaultValueFactory = _ => Role.Viewer };
        var services = new Option<string[]>("--service") { Description = "Only for this service; NAME* for all that begin so. May be repeated. Default: all.", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var days = new Option<int>("--days") { Description = "How long it works, 1 to 90. Default: 30.", DefaultValueFactory = _ => 30 };
        return CliCommand.Create("create", "Make an API token; it is shown this once.", [name, role, services, days], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var request = new ApiTokenRequest
            {
                Name = context.Get(name)!, Role = context.Get(role), Services = context.Get(services) is { Length: > 0 } given ? given : [Grants.AllServices], LifeDays = context.Get(days),
            };
            var made = await server.PostAsync<ApiTokenCreation>(Route, request, cancellationToken);
            if (context.Output != OutputFormat.Table)
            {
                ResultWriter.WriteOne(context, made, new("token_id", token => token.TokenId), new("token", token => token.Token), new("expires", token => token.ExpiresAt));
                return ExitCode.Success;
            }

            context.Console.Note($"Token {made.TokenId} works until {Human.Time(made.ExpiresAt)} UTC. Set it as FLEETPROF_TOKEN, or send Authorization: Bearer TOKEN.");
            context.Console.Out.WriteLine(SafeText.ForTerminal(made.Token));
            return ExitCode.Success;
        });
    }

    private static Command List() => CliCommand.Create("list", "List API tokens, then open sessions, newest first.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        ResultWriter.WriteRows(
            context,
            await server.GetAsync<IReadOnlyList<Credential>>(Route, cancellationToken),
            new("id", row => row.CredentialId),
            new("kind", row => row.Kind.ToString()),
            new("name", row => row.Name),
            new("role", row => row.Grants.Role.ToString()),
            new("services", row => string.Join(' ', row.Grants.Services)),
            new("expires", row => row.ExpiresAt),
            new("used", row => row.LastUsedAt),
            new("revoked", row => row.RevokedAt),
            new("by", row => row.CreatedBy),
            new("issuer", row => row.Issuer),
            new("subject", row => row.Subject));
        return ExitCode.Success;
    });

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "Id of a token or session; `token list` has it." };
        return CliCommand.Create("revoke", "End an API token or a session within seconds.", [id], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            await server.PostAsync($"{Route}/{QueryPath.Segment(context.Get(id))}/revoke", cancellationToken);
            context.Console.Note($"{context.Get(id)} is revoked.");
            return ExitCode.Success;
        });
    }
}

using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Agents;

/// <summary>The verbs `agent token …`.</summary>
internal static class AgentTokens
{
    private const string Route = "api/v1/join-tokens";

    public static Command Create() => CliCommand.Group("token", "Tokens that hosts join by.", CreateToken(), List(), Revoke());

    private static Command CreateToken()
    {
        var name = new Option<string>("--name") { Description = "For people.", DefaultValueFactory = _ => "" };
        var life = new Option<string>("--for") { Description = "How long it can be used. Default: 30m.", HelpName = "TIME", DefaultValueFactory = _ => "30m" };
        var uses = new Option<int>("--uses") { Description = "Hosts that may join by it. Default: 1.", DefaultValueFactory = _ => 1 };
        var approval = new Option<bool>("--approval") { Description = "Each host waits for `fleetprof agent approve`." };
        var networks = new Option<string[]>("--network") { Description = "Only hosts of this network, for example 10.1.0.0/16. May be repeated.", HelpName = "CIDR", DefaultValueFactory = _ => [] };
        var labels = new Option<string[]>("--label") { Description = "Label that each host gets, KEY=VALUE. May be repeated.", HelpName = "LABEL", DefaultValueFactory = _ => [] };
        return CliCommand.Create("create", "Make a join token; it is shown this once.", [name, life, uses, approval, networks, labels], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var request = new JoinTokenRequest
            {
                Name = context.Get(name)!,
                LifeMinutes = (int)Math.Ceiling(TimeArgument.ParseDuration("--for", context.Get(life)!).TotalMinutes),
                MaxUses = context.Get(uses),
                NeedsApproval = context.Get(approval),
                Networks = context.Get(networks)!,
                Labels = context.Get(labels)!.ToDictionary(KeyOf, label => label[(label.IndexOf('=', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal),
            };
            var made = await server.PostAsync<JoinTokenCreation>(Route, request, cancellationToken);
            if (context.Output != OutputFormat.Table)
            {
                ResultWriter.WriteOne(context, made, new("token_id", token => token.TokenId), new("token", token => token.Token), new("join_url", token => token.JoinUrl), new("ca_hash", token => token.CaHash), new("expires", token => token.ExpiresAt));
                return ExitCode.Success;
            }

            context.Console.Note($"Token {made.TokenId} is good until {Human.Time(made.ExpiresAt)} UTC. On the host:");
            context.Console.Out.WriteLine($"fleetprof agent join {made.JoinUrl} --token {made.Token} --ca-hash {made.CaHash}");
            return ExitCode.Success;
        });
    }

    private static Command List() => CliCommand.Create("list", "List join tokens, newest first.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        ResultWriter.WriteRows(
            context,
            await server.GetAsync<IReadOnlyList<JoinToken>>(Route, cancellationToken),
            new("token", row => row.TokenId),
            new("name", row => row.Name),
            new("expires", row => row.ExpiresAt),
            new("uses", row => $"{row.Uses}/{row.MaxUses}"),
            new("approval", row => row.NeedsApproval ? "yes" : ""),
            new("revoked", row => row.RevokedAt),
            new("by", row => row.CreatedBy));
        return ExitCode.Success;
    });

    private static Command Revoke()
    {
        var id = new Argument<string>("token") { Description = "Id of a token; `agent token list` has it." };
        return CliCommand.Create("revoke", "End a join token. Hosts that joined by it stay.", [id], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            await server.PostAsync($"{Route}/{QueryPath.Segment(context.Get(id))}/revoke", cancellationToken);
            context.Console.Note($"Token {context.Get(id)} is revoked.");
            return ExitCode.Success;
        });
    }

    private static string KeyOf(string label) => label.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? label[..at]
        : throw new CommandFailedException(ExitCode.Usage, $"--label: '{label}' is no label.", "Write KEY=VALUE.");
}

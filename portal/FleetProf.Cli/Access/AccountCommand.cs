using System.CommandLine;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Access;

/// <summary>The verbs `account …`: people with a password here. `login --setup` makes one.</summary>
internal static class AccountCommand
{
    private const string Route = "api/v1/accounts";

    public static Command Create() => CliCommand.Group("account", "Local accounts; `login --setup` makes one.", List(), Remove());

    private static Command List() => CliCommand.Create("list", "List local accounts by name.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        ResultWriter.WriteRows(
            context,
            await server.GetAsync<IReadOnlyList<LocalAccount>>(Route, cancellationToken),
            new("name", row => row.Name),
            new("role", row => row.Grants.Role.ToString()),
            new("services", row => string.Join(' ', row.Grants.Services)),
            new("since", row => row.CreatedAt),
            new("locked until", row => row.LockedUntil));
        return ExitCode.Success;
    });

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "Name of a local account; `account list` has it." };
        return CliCommand.Create("remove", "Remove a local account and end its sessions within seconds.", [name], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            await server.PostAsync($"{Route}/remove", cancellationToken, new AccountName(context.Get(name)));
            context.Console.Note($"{context.Get(name)} is removed. API tokens that it made stay: `fleetprof token list` says by whom.");
            return ExitCode.Success;
        });
    }

    private sealed record AccountName(string Name);
}

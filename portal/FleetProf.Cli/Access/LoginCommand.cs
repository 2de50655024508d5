using System.CommandLine;

namespace FleetProf.Cli.Access;

/// <summary>The verb `login`: a fresh one-time link for a browser.</summary>
internal static class LoginCommand
{
    public static Command Create() => CliCommand.Create("login", "Print a one-time login link for a browser.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        var link = await server.PostAsync<LoginLink>("api/v1/login-links", null, cancellationToken);
        context.Console.Out.WriteLine(Terminal.SafeText.ForTerminal(link.LoginUrl));
        return ExitCode.Success;
    });

    private sealed record LoginLink(string LoginUrl);
}

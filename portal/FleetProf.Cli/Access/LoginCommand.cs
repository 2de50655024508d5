using System.CommandLine;

namespace FleetProf.Cli.Access;

/// <summary>The verb `login`: a fresh one-time link for a browser.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var setup = new Option<bool>("--setup") { Description = "A link that makes a local admin with a password, good for 15 minutes." };
        return CliCommand.Create("login", "Print a one-time login link for a browser.", [setup], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var link = context.Get(setup)
                ? (await server.PostAsync<SetupLink>("api/v1/setup-links", null, cancellationToken)).SetupUrl
                : (await server.PostAsync<LoginLink>("api/v1/login-links", null, cancellationToken)).LoginUrl;
            context.Console.Out.WriteLine(Terminal.SafeText.ForTerminal(link));
            return ExitCode.Success;
        });
    }

    private sealed record LoginLink(string LoginUrl);

    private sealed record SetupLink(string SetupUrl);
}

using System.CommandLine;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Cli.Fleet;

/// <summary>The verb `services`.</summary>
internal static class ServicesCommand
{
    public static Command Create() => CliCommand.Create("services", "List services.", [], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        var services = await server.GetAsync<IReadOnlyList<ServiceRow>>("api/v1/services", cancellationToken);
        ResultWriter.WriteRows(
            context,
            services,
            new("service", row => row.Service),
            new("instances", row => row.InstanceCount) { IsNumber = true },
            new("versions", row => string.Join(' ', row.Versions)),
            new("last deploy", row => row.LastDeploy?.StartedAt),
            new("last seen", row => row.LastSeenAt));
        return ExitCode.Success;
    }
}

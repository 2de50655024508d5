using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Cli.Fleet;

/// <summary>The verbs `deployments …`.</summary>
internal static class DeploymentsCommand
{
    public static Command Create()
    {
        var service = new Option<string?>("--service", "-s") { Description = "Only this service." };
        var limit = new Option<int>("--limit") { Description = "Rows at most.", DefaultValueFactory = _ => 100 };
        var list = CliCommand.Create("list", "List deploys, newest first.", [service, limit], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of("api/v1/deployments", ("service", context.Get(service)), ("limit", Human.Of(context.Get(limit))));
            ResultWriter.WriteRows(
                context,
                await server.GetAsync<IReadOnlyList<Deploy>>(path, cancellationToken),
                new("started", row => row.StartedAt),
                new("service", row => row.Service),
                new("version", row => row.Version),
                new("previous", row => row.PreviousVersion),
                new("environment", row => row.Environment),
                new("source", row => row.Source),
                new("comparison", row => row.ComparisonId));
            return ExitCode.Success;
        });
        return CliCommand.Group("deployments", "Deploys seen or announced.", list);
    }
}

using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Cli.Comparisons;

/// <summary>The verbs `comparisons …`.</summary>
internal static class ComparisonsCommand
{
    public static Command Create() => CliCommand.Group("comparisons", "Comparisons made by deploys or by people.", List(), Show());

    private static Command List()
    {
        var service = new Option<string?>("--service", "-s") { Description = "Only this service." };
        var limit = new Option<int>("--limit") { Description = "Rows at most.", DefaultValueFactory = _ => 100 };
        return CliCommand.Create("list", "List comparisons, newest first.", [service, limit], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of("api/v1/comparisons", ("service", context.Get(service)), ("limit", Human.Of(context.Get(limit))));
            ResultWriter.WriteRows(context, await server.GetAsync<IReadOnlyList<Comparison>>(path, cancellationToken), ComparisonOutput.List);
            return ExitCode.Success;
        });
    }

    private static Command Show()
    {
        var id = new Argument<string>("comparison") { Description = "Id of a comparison." };
        var gate = new Option<bool>("--exit-code") { Description = "Exit 1 when regressed, 3 when inconclusive or pending." };
        return CliCommand.Create("show", "Show one comparison and its metrics.", [id, gate], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var comparison = await server.GetAsync<Comparison>($"api/v1/comparisons/{QueryPath.Segment(context.Get(id))}", cancellationToken);
            ComparisonOutput.Write(context, comparison);
            return context.Get(gate) ? ComparisonOutput.ExitCodeOf(comparison.Verdict) : ExitCode.Success;
        });
    }
}

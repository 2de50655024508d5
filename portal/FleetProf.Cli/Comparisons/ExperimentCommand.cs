using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Cli.Comparisons;

/// <summary>The verbs `experiment …`.</summary>
internal static class ExperimentCommand
{
    private static readonly Argument<string> Service = new("service") { Description = "Name of a service." };

    public static Command Create() => CliCommand.Group("experiment", "What a change of a GC setting is foretold to do, stored before it, and what it did.", Start(), List(), Show());

    private static Command Start()
    {
        var rule = new Option<string>("--rule") { Description = "Rule of the advice to try; `fleetprof advise SERVICE` names them.", Required = true };
        var idempotencyKey = KeyOption.Create();
        return CliCommand.Create("start", "Store what a piece of advice foretells. Then make the change on an instance and restart it.", [Service, rule, idempotencyKey], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var body = new { rule = context.Get(rule) };
            var key = KeyOption.KeyOf(context.Get(idempotencyKey));
            return await KeyedStart.RunAsync(context, key, "", () => server.PostAsync<Experiment>(PathOf(context), body, cancellationToken, key), AdviseAsync, cancellationToken);

            Task<int> AdviseAsync(Experiment experiment)
            {
                Write(context, experiment);
                if (context.Output == OutputFormat.Table)
                {
                    context.Console.Note($"Now start an instance with {experiment.Setting}={experiment.Value}. After ten minutes: fleetprof experiment show {ShellWord.Argument(experiment.Service)} {ShellWord.Of(experiment.ExperimentId)}");
                }

                return Task.FromResult(ExitCode.Success);
            }
        });
    }

    private static Command List() => CliCommand.Create("list", "List the experiments of a service, newest first.", [Service], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        ResultWriter.WriteRows(context, await server.GetAsync<IReadOnlyList<Experiment>>(PathOf(context), cancellationToken), Fields);
        return ExitCode.Success;
    });

    private static Command Show()
    {
        var id = new Argument<string>("experiment") { Description = "Id of an experiment." };
        return CliCommand.Create("show", "Judge one experiment by what was seen since the change.", [Service, id], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            Write(context, await server.GetAsync<Experiment>($"{PathOf(context)}/{QueryPath.Segment(context.Get(id))}", cancellationToken));
            return ExitCode.Success;
        });
    }

    private static string PathOf(CliContext context) => $"api/v1/services/{QueryPath.Segment(context.Get(Service))}/experiments";

    private static void Write(CliContext context, Experiment experiment)
    {
        ResultWriter.WriteOne(context, experiment, Fields);
        if (context.Output == OutputFormat.Table)
        {
            context.Console.Out.WriteLine();
            ResultWriter.WriteTable(context.Console, experiment.Metrics, Metrics);
        }
    }

    private static Column<Experiment>[] Fields =>
    [
        new("experiment", row => row.ExperimentId),
        new("service", row => row.Service),
        new("rule", row => row.Rule),
        new("set", row => $"{row.Setting}={row.Value}"),
        new("outcome", row => row.Outcome),
        new("changed", row => row.ChangedInstances.Count) { IsNumber = true },
        new("created", row => row.CreatedAt),
        new("by", row => row.CreatedBy),
        new("decided", row => row.DecidedAt),
        new("in words", row => row.Sentence),
    ];

    private static Column<ExperimentMetric>[] Metrics =>
    [
        new("metric", row => row.Metric),
        new("foretold", row => row.PredictedEffect, row => $"{Human.Change(row.PredictedEffect)} ({Human.Change(row.PredictedLow)} to {Human.Change(row.PredictedHigh)})"),
        new("seen", row => row.SeenEffect, row => row.SeenEffect is null ? "" : $"{Human.Change(row.SeenEffect)} ({Human.Change(row.SeenLow)} to {Human.Change(row.SeenHigh)})"),
        new("outcome", row => row.Outcome),
    ];
}

using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Cli.GcPauses;

/// <summary>The verb `knobs SERVICE`.</summary>
internal static class KnobsCommand
{
    private static readonly Argument<string> Service = new("service") { Description = "Name of a service." };

    public static Command Create() => CliCommand.Create("knobs", "GC settings of a service's instances, where they differ, and which of them the runtime ignores.", [Service], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        var knobs = await server.GetAsync<ServiceKnobs>($"api/v1/services/{QueryPath.Segment(context.Get(Service))}/knobs", cancellationToken);
        switch (context.Output)
        {
            case OutputFormat.Json or OutputFormat.Ndjson:
                ResultWriter.WriteOne(context, knobs);
                break;
            case OutputFormat.Table:
                ResultWriter.WriteTable(context.Console, Rows(knobs), Columns);
                Explain(context, knobs);
                break;
            default:
                ResultWriter.WriteRows(context, Rows(knobs), Columns);
                break;
        }

        return ExitCode.Success;
    }

    private static List<(KnobSpread Knob, KnobValue Value)> Rows(ServiceKnobs knobs) => [.. knobs.Knobs.SelectMany(knob => knob.Values.Select(value => (knob, value)))];

    private static Column<(KnobSpread Knob, KnobValue Value)>[] Columns =>
    [
        new("setting", row => row.Knob.Name),
        new("value", row => row.Value.Value, row => row.Value.Value.Length == 0 ? "(not set)" : row.Value.Value),
        new("instances", row => row.Value.InstanceCount) { IsNumber = true },
        new("drift", row => row.Knob.IsDrifting, row => row.Knob.IsDrifting ? "differs" : ""),
        new("ignored", row => row.Knob.IsIgnored, row => row.Knob.IsIgnored ? "ignored" : ""),
        new("example", row => row.Value.Instances.Count > 0 ? row.Value.Instances[0] : ""),
    ];

    private static void Explain(CliContext context, ServiceKnobs knobs)
    {
        if (knobs.Instances.Count == 0)
        {
            context.Console.Note($"No instance of {knobs.Service} is running.");
        }

        foreach (var knob in knobs.Knobs.Where(knob => knob.IsIgnored))
        {
            context.Console.Note($"The runtime knows no setting {knob.Name} and ignores it.{(knob.Nearest is null ? "" : $" Perhaps {knob.Nearest} was meant.")}");
        }
    }
}

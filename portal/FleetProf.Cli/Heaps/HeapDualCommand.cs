using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Allocations;

namespace FleetProf.Cli.Heaps;

/// <summary>The verb `heap dual ALLOC HEAP`.</summary>
internal static class HeapDualCommand
{
    /// <summary>Of the whole capture; below, shares say little.</summary>
    private const int FewSamples = 30;

    private static readonly Argument<string> Alloc = new("alloc") { Description = "Id of an allocation capture." };
    private static readonly Argument<string> Heap = new("heap") { Description = "Id of a heap snapshot of the same service." };
    private static readonly Option<DualQuadrant?> Quadrant = EnumOption.Optional<DualQuadrant>("--quadrant", null, "Only rows of this quadrant.");
    private static readonly Option<int> Rows = new("--rows") { Description = "Rows of the table for people.", DefaultValueFactory = _ => 20 };

    public static Command Create() =>
        CliCommand.Create("dual", "Show what is allocated per second beside what is in use, by type; of a Go program by function.", [Alloc, Heap, Quadrant, Rows], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of("api/v1/allocations/dual", ("alloc", context.Get(Alloc)), ("heap", context.Get(Heap)));
            var view = await server.GetAsync<DualView>(path, cancellationToken);
            Write(context, context.Get(Quadrant) is { } only ? view with { Rows = [.. view.Rows.Where(row => row.Quadrant == only)] } : view, Math.Max(1, context.Get(Rows)));
            foreach (var note in Notes(view))
            {
                context.Console.Note(SafeText.ForTerminal(note));
            }

            return ExitCode.Success;
        });

    private static void Write(CliContext context, DualView view, int rows)
    {
        if (context.Output == OutputFormat.Csv)
        {
            ResultWriter.WriteRows(context, view.Rows, ColumnsOf(view));
        }
        else if (context.Output != OutputFormat.Table)
        {
            ResultWriter.WriteOne(context, view, []);
        }
        else
        {
            var noun = (view.IsByFunction ? "function" : "type") + (view.TypeCount == 1 ? "" : "s");
            context.Console.Out.WriteLine($"{Human.Bytes(view.AllocatedBytesPerSecond)}/s allocated, {Human.Bytes(view.HeapBytes)} in use, {Human.Count(view.TypeCount)} {noun}{(view.Rows.Count > rows ? $", {rows} of {Human.Count(view.Rows.Count)} rows" : "")}");
            context.Console.Out.WriteLine();
            ResultWriter.WriteTable(context.Console, [.. view.Rows.Take(rows)], ColumnsOf(view));
        }
    }

    private static IEnumerable<string> Notes(DualView view)
    {
        if (view.IsByFunction)
        {
            yield return "profiles of Go know no types: a row is a function, what it allocates and what of that is in use as of the last completed collection";
        }

        if (view.IsBiased)
        {
            yield return "warning: allocations are from AllocationTick, which blames the last type of each 100 KB; rare small types are not seen rightly";
        }

        if (view.Rows.Sum(row => (double)row.Samples) is < FewSamples and var samples)
        {
            yield return $"warning: the allocation capture holds {Human.Count((long)samples)} samples, {FewSamples} are needed: which types are much, and what stays, may be chance";
        }

        if (view.IsLossy)
        {
            yield return "warning: the allocation capture lost more than 5 % of its events: more was allocated than is shown";
        }

        if (!view.IsComplete)
        {
            yield return $"warning: the heap snapshot is incomplete ({view.IncompleteReason}): no type has a quadrant";
        }
    }

    private static Column<DualViewRow>[] ColumnsOf(DualView view)
    {
        Column<DualViewRow>[] all =
        [
            new("allocated/s", row => row.AllocatedBytesPerSecond, row => Human.Bytes(row.AllocatedBytesPerSecond)) { IsNumber = true, Csv = "allocated_bytes_per_second" },
            new("± 95 %", row => row.RelativeError, row => row.RelativeError is { } error ? Human.Percent(error * 100) : "–") { IsNumber = true, Csv = "relative_error" },
            new("share", row => row.AllocatedShare, row => Human.Percent(row.AllocatedShare * 100)) { IsNumber = true, Csv = "allocated_share" },
            new("samples", row => row.Samples, row => Human.Count(row.Samples)) { IsNumber = true },
            new("in use", row => row.InUseBytes, row => Human.Bytes(row.InUseBytes)) { IsNumber = true, Csv = "in_use_bytes" },
            new("share", row => row.InUseShare, row => Human.Percent(row.InUseShare * 100)) { IsNumber = true, Csv = "in_use_share" },
            new("objects", row => row.InUseObjects, row => Human.Count(row.InUseObjects)) { IsNumber = true, Csv = "in_use_objects" },
            new("retained", row => row.RetainedBytes, row => Human.Bytes(row.RetainedBytes)) { IsNumber = true, Csv = "retained_bytes" },
            new("turnover/min", row => row.TurnoverPerMinute) { IsNumber = true, Csv = "turnover_per_minute" },
            new("quadrant", row => row.Quadrant),
            new(view.IsByFunction ? "function" : "type", row => row.Type),
        ];
        // Who holds what is in a dominator tree, which a profile of Go has none of.
        return view.IsByFunction ? [.. all.Where(column => column.Header != "retained")] : all;
    }
}

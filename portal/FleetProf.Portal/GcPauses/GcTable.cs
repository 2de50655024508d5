using FleetProf.Portal.Captures;

namespace FleetProf.Portal.GcPauses;

/// <summary>Every GC of a capture, under PerfView's column names: experts know them by heart.</summary>
internal static class GcTable
{
    private static readonly string[] Generations = ["Gen0", "Gen1", "Gen2", "LOH", "POH"];

    private static readonly string[] CauseFigures =
    [
        "Usual Pause MSec", "Usual Promoted MB", "Mark MSec", "Plan MSec", "Relocate MSec", "Compact MSec", "Sweep MSec",
        "Stacks MSec", "Finalizers MSec", "Handles MSec", "Older Objects MSec", "Stacks MB", "Finalizers MB", "Handles MB", "Older Objects MB",
        "Condemned MB", "Pinned Surv MB", "Finalizable Obj", "GC Handles", "Memory Load %",
    ];

    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            Number("GC Index"),
            Number("Pause Start") with { Hint = "Milliseconds from the start of the capture" },
            Text("Trigger Reason"),
            Text("Gen") with { Hint = "N blocking, B background, F foreground" },
            Number("Suspend Msec"),
            Number("Pause MSec"),
            Text("Cause") with { Hint = "The first that applies; Evidence says on which figures it rests" },
            Number("% Pause Time") with { Hint = "Of the time since the previous GC" },
            Number("% GC"),
            Number("Gen0 Alloc MB"),
            Number("Gen0 Alloc Rate MB/sec"),
            Number("Peak MB"),
            Number("After MB"),
            Number("Ratio Peak/After"),
            Number("Promoted MB"),
            .. Generations.SelectMany(ColumnsOf),
            Number("Finalizable Surv MB") with { IsDetail = true },
            Number("Pinned Obj") with { IsDetail = true },
            Text("Type") with { IsDetail = true },
            .. CauseFigures.Select(name => Number(name) with { IsDetail = true }),
            Text("Condemn Reasons") with { IsDetail = true },
            Text("Evidence") with { Hint = "Empty for ordinary pauses" },
        ],
        Rows = null,
        Sort = "GC Index",
        IsAscending = true,
        Filter = ["Trigger Reason", "Gen", "Type", "Cause"],
        Noun = "GCs",
    };

    private static IEnumerable<ResultColumn> ColumnsOf(string generation) =>
    [
        Number($"{generation} MB") with { IsDetail = true },
        Number($"{generation} Survival Rate %") with { IsDetail = true },
        Number($"{generation} Frag %") with { IsDetail = true },
    ];

    private static ResultColumn Number(string name) => new(name, name, "number");

    private static ResultColumn Text(string name) => new(name, name, "text");
}

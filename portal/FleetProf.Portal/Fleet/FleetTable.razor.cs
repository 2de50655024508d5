using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Layout;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Fleet;

/// <summary>The table of the fleet page: draws rows, tells of clicks.</summary>
public sealed partial class FleetTable
{
    /// <summary>Agents report every 10 seconds; a row that missed five reports is old.</summary>
    private static readonly TimeSpan StaleAge = TimeSpan.FromMinutes(1);

    /// <summary>Characters that fit into the column.</summary>
    private const int LongestPod = 15;

    private static readonly TimeSpan FreshAge = TimeSpan.FromSeconds(20);

    private static readonly IReadOnlyList<Head> Heads =
    [
        new(FleetColumn.Service, "Service", "", "122px", false, ""),
        new(FleetColumn.Version, "Version", "", "72px", false, ""),
        new(FleetColumn.Host, "Host", "", "130px", false, "", IsSpare: true),
        new(FleetColumn.Process, "Pod or pid", "", "120px", false, ""),
        new(FleetColumn.Runtime, "Runtime", "", "72px", false, "", IsSpare: true),
        new(FleetColumn.Cpu, "CPU", "cores", "80px", true, "CPU cores in use"),
        new(FleetColumn.Heap, "Heap", "MB", "72px", true, "All generations after the last GC"),
        new(FleetColumn.TimeInGc, "GC", "%", "60px", true, "Share of the last minute that GC pauses took"),
        new(FleetColumn.LastPause, "Last", "ms", "72px", true, "Longest pause of the latest window that had a GC", IsSpare: true),
        new(FleetColumn.PauseP99, "p99", "ms", "74px", true, "99th percentile of GC pauses over the last minute"),
        new(FleetColumn.MaxPause, "Max", "ms", "74px", true, "Longest GC pause of the last minute"),
        new(FleetColumn.Allocation, "Alloc", "MB/s", "92px", true, "Allocated bytes per second"),
        new(FleetColumn.GcCount, "GCs", "", "76px", true, "GCs since the agent began to watch", IsSpare: true),
        new(FleetColumn.State, "State", "", "128px", false, "Whether it can be watched, and if not, why: point at it for what to do"),
        new(FleetColumn.LastSeen, "Seen", "", "62px", true, "Age of the last report"),
    ];

    [Parameter, EditorRequired] public IReadOnlyList<FleetRow> Rows { get; set; } = [];

    [Parameter, EditorRequired] public FleetPageState State { get; set; } = new();

    [Parameter, EditorRequired] public DateTimeOffset AsOf { get; set; }

    /// <summary>Where a click on an instance leads.</summary>
    [Parameter] public Func<Instance, string> UriOf { get; set; } = static instance => ServiceUri(instance.Service);

    [Parameter] public EventCallback<FleetColumn> OnSort { get; set; }

    [Parameter] public EventCallback<(string InstanceId, bool IsSelected)> OnSelect { get; set; }

    [Parameter] public EventCallback<(string Service, bool IsOpen)> OnOpen { get; set; }

    /// <summary>Chooses all shown rows, or none; without it there is no box for that.</summary>
    [Parameter] public EventCallback<bool> OnSelectAll { get; set; }

    private bool AreAllSelected => State.Selected.Count > 0 && Rows.All(row => row.Instance is not { } instance || State.Selected.Contains(instance.InstanceId));

    /// <summary>No other box can be ticked: it would stay so without having chosen anything.</summary>
    private bool IsFull => State.Selected.Count >= FleetPageState.MostSelected;

    /// <summary>Null where a press opens or closes it.</summary>
    private string? WhyNotOpened(string service) => State.CanOpen(service)
        ? null
        : $"{FleetPageState.MostOpened} services are open, which is the most. Close one; or press Group by service twice, which closes all.";

    private ICollection<FleetRow> Items => Rows as ICollection<FleetRow> ?? [.. Rows];

    internal static string ServiceUri(string service) => $"/services/{Uri.EscapeDataString(service)}";

    private string? SortOf(FleetColumn column) => column != State.Sort ? null : State.IsDescending ? "descending" : "ascending";

    private const double LeastSkewMs = 2_000;
    private const double LargestSkewMs = 1e12;

    private bool IsStale(Instance instance) => instance.State != InstanceState.Running || AsOf - instance.LastSeenAt > StaleAge;

    private string Seen(DateTimeOffset at) => AsOf - at < FreshAge ? "now" : Figures.Age(AsOf - at);

    private static string Mega(double? value, int decimals) => Figures.Fixed(value / 1e6, decimals);

    /// <summary>Pods of a service begin alike: what tells them apart is their end.</summary>
    internal static string ProcessOf(Instance instance) => instance.Pod.Length switch
    {
        0 => $"pid {instance.Pid}",
        > LongestPod => $"…{instance.Pod[^(LongestPod - 1)..]}",
        _ => instance.Pod,
    };

    /// <summary>Everything here runs on .NET: its number is enough.</summary>
    internal static string RuntimeOf(Instance instance) => instance.Runtime.StartsWith(".NET ", StringComparison.OrdinalIgnoreCase) ? instance.Runtime[".NET ".Length..] : instance.Runtime;

    private static string Explain(Instance instance) => $"{instance.ProblemDetail} {InstanceProblemAdvice.NextStepOf(instance)}".Trim();

    /// <summary>Null where the clock is right enough: windows are ten seconds long.</summary>
    private static string? SkewOf(Instance instance) => instance.ClockSkewMs is { } skew && Math.Abs(skew) >= LeastSkewMs
        ? $"clock {(skew > 0 ? "+" : "−")}{Figures.Age(TimeSpan.FromMilliseconds(Math.Min(Math.Abs(skew), LargestSkewMs)))}"
        : null;

    private static string TagOf(Instance instance) => instance.Problem != InstanceProblem.None
        ? "fp-tag fp-bad"
        : instance.State switch { InstanceState.Running => "", InstanceState.Unreachable => "fp-tag fp-warn", _ => "fp-tag" };

    private sealed record Head(FleetColumn Column, string Title, string Unit, string Width, bool IsNumber, string Meaning, bool IsSpare = false)
    {
        /// <summary>Spare columns make room on narrow screens.</summary>
        public string? Class => IsSpare ? "fleet-spare" : null;
    }
}

using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>One exported metric of the fleet: its name, and its value for a series, by generation or reason where it has them.</summary>
/// <param name="Instrument">As OpenTelemetry names it; where its conventions for .NET have the metric, their name ("dotnet.gc.collections").</param>
/// <param name="Unit">As OpenTelemetry writes it: "By", "s", or what is counted, in braces.</param>
/// <param name="IsCounter">Else a state, which falls too.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Attribute">What the values are divided by; empty for one value.</param>
/// <param name="Values">By the attribute; an empty one for all. Nothing where nothing is known.</param>
internal sealed record FleetMetric(string Instrument, string Unit, bool IsCounter, string Help, string Attribute, Func<SeriesTotals, FleetWindow, IEnumerable<(string Part, double Value)>> Values)
{
    /// <summary>The attribute that the runtime itself gives its metrics.</summary>
    public const string Generation = "gc.heap.generation";

    /// <summary>The histogram of pauses by generation, whose values <see cref="SeriesTotals"/> has.</summary>
    public static readonly FleetMetric PauseHistogram = new("fleetprof.gc.pause.duration", "s", false, "Pauses, each to 1 %.", Generation, (_, _) => []);

    private const string Reason = "gc.reason";

    private static readonly string[] Generations = ["gen0", "gen1", "gen2", "loh", "poh"];

    public static IReadOnlyList<FleetMetric> All { get; } =
    [
        new("dotnet.gc.collections", "{collection}", true, "Collections.", Generation, (totals, _) => totals.Collections.Select((count, i) => (Generations[i], (double)count))),
        new("dotnet.gc.heap.total_allocated", "By", true, "Allocated by the program.", "", (totals, _) => One(totals.AllocatedBytes)),
        new("dotnet.gc.pause.time", "s", true, "Pauses of the program for collections.", "", (totals, _) => One(totals.PauseMs / 1000)),
        new("dotnet.process.cpu.time", "s", true, "CPU time of the processes.", "", (totals, _) => One(totals.CpuSeconds)),
        new("dotnet.gc.last_collection.heap.size", "By", false, "Heap after the last collection of each running instance, summed.", Generation, (_, states) => Heap(states)),
        new("dotnet.gc.last_collection.heap.fragmentation.size", "By", false, "Free space inside that heap.", "", (_, states) => Known(states.Sum.FragmentedBytes)),
        new("dotnet.gc.last_collection.memory.committed_size", "By", false, "Committed for that heap, of instances whose runtime tells it.", "", (_, states) => Known(states.Sum.CommittedBytes)),
        new("dotnet.process.memory.working_set", "By", false, "Working sets of the running instances, summed.", "", (_, states) => Known(states.Sum.WorkingSetBytes)),
        new("process.thread.count", "{thread}", false, "Threads of the running instances, summed.", "", (_, states) => states.ProcessInstances == 0 ? [] : One(states.Sum.ThreadCount)),
        new("fleetprof.instances", "{instance}", false, "Running instances that are watched.", "", (_, states) => One(states.Instances)),
        new("fleetprof.gc.observed.time", "s", true, "Time that instances were watched; divides the pause time.", "", (totals, _) => One(totals.ObservedMs / 1000)),
        new("fleetprof.gc.suspension.time", "s", true, "Part of the pauses until all threads had stopped.", "", (totals, _) => One(totals.SuspendMs / 1000)),
        new("fleetprof.gc.promoted", "By", true, "Promoted by collections.", "", (totals, _) => One(totals.PromotedBytes)),
        new("fleetprof.gc.collections", "{collection}", true, "Collections by the reason that the runtime gives.", Reason, (totals, _) => Reasons(totals)),
        new("fleetprof.gc.induced.collections", "{collection}", true, "Collections that the program asked for.", "", (totals, _) => One(totals.Induced)),
        new("fleetprof.gc.missed.collections", "{collection}", true, "Collections whose events were lost.", "", (totals, _) => One(totals.Missed)),
    ];

    /// <summary>As Prometheus shows it, without "_total": with its unit, where it has one.</summary>
    public string PrometheusName { get; } = Instrument.Replace('.', '_') + Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };

    /// <summary>As Prometheus shows it.</summary>
    public string PrometheusLabel { get; } = Attribute.Replace('.', '_');

    private static IEnumerable<(string, double)> One(double value) => [("", value)];

    private static IEnumerable<(string, double)> Known(long? value) => value is null ? [] : One(value.Value);

    private static IEnumerable<(string, double)> Heap(FleetWindow states) => states.Sum.Heap is { } heap
        ? [(Generations[0], heap.Gen0), (Generations[1], heap.Gen1), (Generations[2], heap.Gen2), (Generations[3], heap.Loh), (Generations[4], heap.Poh)]
        : [];

    /// <summary>Also those that have not occurred: of a series that appears with its first count, rate and increase see nothing.</summary>
    private static IEnumerable<(string, double)> Reasons(SeriesTotals totals) => totals.Reasons.Select((count, i) => (GcReasons.NameAt(i), (double)count));
}

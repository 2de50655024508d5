using FleetProf.Analysis.GcPauses;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>One exported metric of the fleet: its name as Prometheus shows it, and its value for a series, by generation where it has them.</summary>
/// <param name="Name">Without "_total".</param>
/// <param name="IsCounter">Else a gauge.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Values">By generation; an empty one for all. Nothing where nothing is known.</param>
internal sealed record FleetMetric(string Name, bool IsCounter, string Help, Func<SeriesTotals, FleetWindow, IEnumerable<(string Generation, double Value)>> Values)
{
    public const string PauseHistogram = "fleetprof_gc_pause_duration_seconds";

    private static readonly string[] Generations = ["gen0", "gen1", "gen2", "loh", "poh"];

    /// <summary>Where OpenTelemetry's conventions for .NET have the metric, it has their name ("dotnet.gc.collections").</summary>
    public static IReadOnlyList<FleetMetric> All { get; } =
    [
        new("dotnet_gc_collections", true, "Collections.", (totals, _) => totals.Collections.Select((count, i) => (Generations[i], (double)count))),
        new("dotnet_gc_heap_total_allocated_bytes", true, "Allocated by the program.", (totals, _) => One(totals.AllocatedBytes)),
        new("dotnet_gc_pause_time_seconds", true, "Pauses of the program for collections.", (totals, _) => One(totals.PauseMs / 1000)),
        new("dotnet_process_cpu_time_seconds", true, "CPU time of the processes.", (totals, _) => One(totals.CpuSeconds)),
        new("dotnet_gc_last_collection_heap_size_bytes", false, "Heap after the last collection of each running instance, summed.", (_, states) => Heap(states)),
        new("dotnet_gc_last_collection_heap_fragmentation_size_bytes", false, "Free space inside that heap.", (_, states) => Known(states.Sum.FragmentedBytes)),
        new("dotnet_gc_last_collection_memory_committed_size_bytes", false, "Committed for that heap, of instances whose runtime tells it.", (_, states) => Known(states.Sum.CommittedBytes)),
        new("dotnet_process_memory_working_set_bytes", false, "Working sets of the running instances, summed.", (_, states) => Known(states.Sum.WorkingSetBytes)),
        new("process_thread_count", false, "Threads of the running instances, summed.", (_, states) => states.ProcessInstances == 0 ? [] : One(states.Sum.ThreadCount)),
        new("fleetprof_instances", false, "Running instances that are watched.", (_, states) => One(states.Instances)),
        new("fleetprof_gc_observed_time_seconds", true, "Time that instances were watched; divides the pause time.", (totals, _) => One(totals.ObservedMs / 1000)),
        new("fleetprof_gc_suspension_time_seconds", true, "Part of the pauses until all threads had stopped.", (totals, _) => One(totals.SuspendMs / 1000)),
        new("fleetprof_gc_promoted_bytes", true, "Promoted by collections.", (totals, _) => One(totals.PromotedBytes)),
        new("fleetprof_gc_induced_collections", true, "Collections that the program asked for.", (totals, _) => One(totals.Induced)),
        new("fleetprof_gc_missed_collections", true, "Collections whose events were lost.", (totals, _) => One(totals.Missed)),
    ];

    private static IEnumerable<(string, double)> One(double value) => [("", value)];

    private static IEnumerable<(string, double)> Known(long? value) => value is null ? [] : One(value.Value);

    private static IEnumerable<(string, double)> Heap(FleetWindow states) => states.Sum.Heap is { } heap
        ? [(Generations[0], heap.Gen0), (Generations[1], heap.Gen1), (Generations[2], heap.Gen2), (Generations[3], heap.Loh), (Generations[4], heap.Poh)]
        : [];
}

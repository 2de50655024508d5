using static FleetProf.Analysis.GcPauses.Advisor.Rules.Words;

namespace FleetProf.Analysis.GcPauses.Advisor.Rules;

/// <summary>Limits and free space.</summary>
internal static class MemoryRules
{
    private const double NearPercent = 70;
    private const double FragmentedPercent = 30;
    private const long NoticeableHeap = 50_000_000;
    private const int ManyPinned = 100;
    private const int ConserveMemory = 5;

    /// <summary>What the process has beside the heap needs room in the container too.</summary>
    private const int LargestPercentOfContainer = 85;

    public static KnobAdvice? LimitNear(InstanceEvidence instance, Forecast forecast)
    {
        if (instance.HeapLimitBytes <= 0 || instance.LiveBytes is not { } live) return null;
        var part = 100.0 * live / instance.HeapLimitBytes;
        if (part < NearPercent) return null;
        var isContainers = !instance.Source.Settings.Keys.Any(name => name.Contains("HeapHardLimit", StringComparison.Ordinal));
        var container = instance.Source.MemoryLimitBytes;
        var wanted = isContainers || container <= 0 ? live * 2 : Math.Min(live * 2, container / 100 * LargestPercentOfContainer);
        var isRaised = !isContainers && wanted > instance.HeapLimitBytes;
        var change = isContainers ? "Give the container more memory, or let less live."
            : isRaised ? "Raise the hard limit, or let less live."
            : Text($"Give the container more memory and raise the hard limit with it, or let less live: of its {Size(container)}, {100 - LargestPercentOfContainer} % are for what is not heap.");
        return About(instance, "hard-limit-near",
            Text($"{Size(live)} stay after full collections: {part:0} % of the {Size(instance.HeapLimitBytes)} that the heap may have{(isContainers ? " (three quarters of the container)" : "")}."),
            [new("live of limit", part, "%", NearPercent), new("heap limit", instance.HeapLimitBytes, "B"), new("live", live, "B")],
            change) with
        {
            Setting = isRaised ? "DOTNET_GCHeapHardLimit" : "",
            Value = isRaised ? GcSettings.Hex(wanted) : "",
            // Nothing is foretold of a limit that nobody can set.
            Predicted = isContainers || isRaised ? forecast.Under(instance.Setting with { LimitBytes = wanted }) : [],
            Risk = "Near the limit the runtime collects ever more and at last throws OutOfMemoryException. A limit also changes the gen0 budget.",
            Experiment = "A heap snapshot first: what lives, and does it grow? If it grows, more memory only defers the end.",
        };
    }

    public static KnobAdvice? Fragmentation(InstanceEvidence instance, Forecast forecast)
    {
        if (instance.MedianHeap < NoticeableHeap || instance.FragmentedBytes is not { } free) return null;
        var part = Math.Min(100, 100.0 * free / instance.MedianHeap);
        if (part < FragmentedPercent) return null;
        AdviceFigure[] figures = [new("fragmented", part, "%", FragmentedPercent), new("heap", instance.MedianHeap, "B"), new("pinned objects", instance.PinnedObjectCount, "", ManyPinned)];
        var observation = Text($"{Size(free)} of the {Size(instance.MedianHeap)} heap ({part:0} %) are free space between objects; a collection meets {instance.PinnedObjectCount} pinned objects.");
        if (instance.PinnedObjectCount >= ManyPinned)
        {
            return About(instance, "fragmentation-pinning", observation, figures,
                "Pin less and for shorter: allocate buffers for native calls once, on the pinned object heap (GC.AllocateArray with pinned), and pool them.") with
            {
                Risk = "A pool that never shrinks keeps its memory.",
                Experiment = "A heap snapshot shows the pinned objects and what holds them. Release the change to one instance and compare fragmentation after equal requests.",
                Rollback = "Release the version before.",
            };
        }

        return instance.ConserveMemory >= ConserveMemory
            ? About(instance, "fragmentation", observation, figures,
                Text($"GCConserveMemory is {instance.ConserveMemory} already{(instance.IsConserveMemorySet ? "" : ", which DATAS implies")}. Allocate together what lives equally long, and take large arrays from a pool.")) with
            {
                Risk = "A pool that never shrinks keeps its memory.",
                Experiment = "A heap snapshot shows what lives between the free space. Release the change to one instance and compare fragmentation after equal requests.",
                Rollback = "Release the version before.",
            }
            : About(instance, "fragmentation", observation, figures, "Let the GC compact where more than a part of gen2 is free space.") with
            {
                Setting = "DOTNET_GCConserveMemory",
                Value = GcSettings.Hex(ConserveMemory),
                Risk = "Full collections that compact stop the program for longer: not where long pauses are the complaint.",
            };
    }
}

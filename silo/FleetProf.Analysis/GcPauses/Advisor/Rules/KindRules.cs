using static FleetProf.Analysis.GcPauses.Advisor.Rules.Words;

namespace FleetProf.Analysis.GcPauses.Advisor.Rules;

/// <summary>Workstation or server, DATAS or not, concurrent or not.</summary>
internal static class KindRules
{
    /// <summary>Up to this part of the time nobody needs to chase collections while the program handles load.</summary>
    private const double HealthyPercent = 5;

    private const int ManyProcessors = 4;
    private const int FewProcessors = 2;
    private const long SmallContainer = 1L << 30;
    private const double FullPercent = 70;
    private const double SparePercent = FullPercent - 20;
    private const double LongFullPauseMs = 100;
    private const int LeastFullGcs = 3;
    private const int AdaptiveSince = 8;
    private const int AdaptiveByDefaultSince = 9;

    public static KnobAdvice? WorkstationOnManyProcessors(InstanceEvidence instance, Forecast forecast)
    {
        if (instance.IsServer || instance.Source.ProcessorCount < ManyProcessors || instance.TimeInGcPercent < HealthyPercent) return null;
        // Heaps of several processors are larger than one; without DATAS even where little lives.
        var limit = instance.Source.MemoryLimitBytes;
        if (MemoryUse(instance) >= SparePercent || (limit is > 0 and <= SmallContainer && instance.RuntimeMajor < AdaptiveByDefaultSince)) return null;
        var told = limit > 0 ? Text($", within a memory limit of {Size(limit)}") : "";
        return About(instance, "workstation-many-processors",
            Text($"Workstation GC on {instance.Source.ProcessorCount} processors spends {instance.TimeInGcPercent:0.0} % of the time in pauses."),
            [TimeInGc(instance, HealthyPercent), new("processors", instance.Source.ProcessorCount, "", ManyProcessors)],
            "Use server GC: one heap per processor, collected in parallel.") with
        {
            Setting = "DOTNET_gcServer",
            Value = "1",
            Predicted = forecast.Under(instance.Setting with { IsServer = true, IsAdaptive = instance.RuntimeMajor >= AdaptiveByDefaultSince }),
            Risk = Text($"The heap becomes larger, in proportion to the processors{told}; not for hosts that many processes share."),
        };
    }

    public static KnobAdvice? ServerInSmallContainer(InstanceEvidence instance, Forecast forecast)
    {
        var source = instance.Source;
        var isSmall = source.MemoryLimitBytes is > 0 and <= SmallContainer;
        if (!instance.IsServer || instance.IsAdaptive || !(isSmall || source.ProcessorCount is > 0 and <= FewProcessors)) return null;
        // Where pauses take much of the time, fewer heaps would take more.
        if (instance.TimeInGcPercent >= HealthyPercent) return null;
        var limit = source.MemoryLimitBytes > 0 ? Text($" and a limit of {Size(source.MemoryLimitBytes)}") : "";
        return About(instance, "server-small-container",
            Text($"Server GC with {source.ProcessorCount} processors{limit}: it trades memory for throughput, and only {instance.TimeInGcPercent:0.0} % of the time are pauses."),
            [new("processors", source.ProcessorCount, "", FewProcessors), new("memory limit", source.MemoryLimitBytes, "B", SmallContainer), TimeInGc(instance, HealthyPercent), .. WorkingSet(instance)],
            "Use workstation GC.") with
        {
            Setting = "DOTNET_gcServer",
            Value = "0",
            Predicted = forecast.Under(instance.Setting with { IsServer = false, HeapCount = 0 }),
            Risk = "More and shorter collections; under a higher load more of the time may go into them.",
        };
    }

    public static KnobAdvice? AdaptationCostsTime(InstanceEvidence instance, Forecast forecast)
    {
        var use = MemoryUse(instance);
        if (!instance.IsAdaptive || instance.TimeInGcPercent < HealthyPercent || use >= SparePercent) return null;
        return About(instance, "datas-off",
            Text($"DATAS keeps the heap small ({Size(instance.MedianHeap)}) at the price of {instance.TimeInGcPercent:0.0} % of the time in pauses and {instance.GcsPerSecond:0.0} GCs/s; {(use is null ? "how much memory is free is not known" : "there is memory to spare")}."),
            [TimeInGc(instance, HealthyPercent), new("GCs", instance.GcsPerSecond, "1/s"), .. WorkingSet(instance)],
            use is null ? "Turn DATAS off, if there is memory for a heap of several times the size." : "Turn DATAS off, so that the heap uses the memory that is there.") with
        {
            Setting = "DOTNET_GCDynamicAdaptationMode",
            Value = "0",
            Predicted = forecast.Under(instance.Setting with { IsAdaptive = false }),
            Risk = "The heap grows several times; single pauses may become longer.",
        };
    }

    public static KnobAdvice? AdaptationSavesMemory(InstanceEvidence instance, Forecast forecast)
    {
        if (!instance.IsServer || instance.IsAdaptive || instance.RuntimeMajor < AdaptiveSince || instance.TimeInGcPercent >= HealthyPercent / 5) return null;
        if (MemoryUse(instance) is not (>= FullPercent and var use)) return null;
        var advice = About(instance, "datas-on",
            Text($"Server GC without DATAS uses {use:0} % of the memory limit, and pauses take only {instance.TimeInGcPercent:0.00} % of the time."),
            [new("working set of limit", use, "%", FullPercent), TimeInGc(instance, HealthyPercent / 5)],
            "Turn DATAS on, so that the heap follows the load.") with
        {
            Setting = "DOTNET_GCDynamicAdaptationMode",
            Value = "1",
            Predicted = forecast.Under(instance.Setting with { IsAdaptive = true, HeapCount = 0 }),
            Risk = "Many more collections; throughput may fall a little.",
        };
        // The runtime keeps DATAS off while the number of heaps is set, whatever else is.
        return instance.Setting.HeapCount == 0 ? advice : advice with
        {
            Change = "Remove GCHeapCount, with which the runtime keeps DATAS off, and turn DATAS on with DOTNET_GCDynamicAdaptationMode=1, so that the heap follows the load.",
            Setting = "",
            Value = "",
            Rollback = "Set GCHeapCount as before and restart the instance; nothing is kept.",
        };
    }

    public static KnobAdvice? ConcurrentOff(InstanceEvidence instance, Forecast forecast)
    {
        if (instance.IsConcurrent || instance.BlockingFullCount - instance.InducedCount < LeastFullGcs || instance.BlockingFullP99Ms is not (>= LongFullPauseMs and var pause)) return null;
        return About(instance, "concurrent-off",
            Text($"Concurrent GC is off, and {instance.BlockingFullCount} full collections stop the program for up to {pause:0} ms (p99)."),
            [new("gen2 pause p99", pause, "ms", LongFullPauseMs), new("blocking gen2 GCs", instance.BlockingFullCount, "", LeastFullGcs)],
            "Turn concurrent GC on: full collections then mark beside the program.") with
        {
            Setting = "DOTNET_gcConcurrent",
            Value = "1",
            Risk = "A thread of the GC takes processor time beside the program, and the heap grows while it marks.",
        };
    }

    /// <summary>Working set as a part of the memory limit, 0 to 100; null without a limit or where the working set is not known.</summary>
    private static double? MemoryUse(InstanceEvidence instance) =>
        instance.Source.MemoryLimitBytes > 0 && instance.WorkingSetBytes is { } used ? 100.0 * used / instance.Source.MemoryLimitBytes : null;

    private static IEnumerable<AdviceFigure> WorkingSet(InstanceEvidence instance) =>
        instance.WorkingSetBytes is { } used ? [new AdviceFigure("working set", used, "B")] : [];
}

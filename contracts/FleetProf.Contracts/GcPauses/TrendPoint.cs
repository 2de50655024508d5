namespace FleetProf.Contracts.GcPauses;

/// <summary>One step of a trend. Pauses in milliseconds, sizes in bytes; NaN-free: absent values are null.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.trend-point")]
public sealed record TrendPoint
{
    [Id(0)] public required DateTimeOffset WindowStart { get; init; }

    [Id(1)] public required int WindowSeconds { get; init; }

    /// <summary>Empty when instances were merged.</summary>
    [Id(2)] public string Instance { get; init; } = "";

    /// <summary>Empty when versions were merged.</summary>
    [Id(3)] public string Version { get; init; } = "";

    /// <summary>The most that were watched at one time: within the same ten seconds; in steps of whole minutes within the same minute, of whole quarters of an hour within the same quarter, where one that follows another counts beside it.</summary>
    [Id(4)] public int InstanceCount { get; init; }

    /// <summary>Part of the window (times instances) that was watched, 0 to 1; less than 1 is a gap.</summary>
    [Id(5)] public double ObservedFraction { get; init; }

    [Id(6)] public long GcCount { get; init; }

    [Id(7)] public long Gen0Count { get; init; }

    [Id(8)] public long Gen1Count { get; init; }

    [Id(9)] public long Gen2Count { get; init; }

    [Id(10)] public long BackgroundCount { get; init; }

    [Id(11)] public long InducedCount { get; init; }

    [Id(12)] public double? PauseP50Ms { get; init; }

    [Id(13)] public double? PauseP95Ms { get; init; }

    [Id(14)] public double? PauseP99Ms { get; init; }

    [Id(15)] public double? MaxPauseMs { get; init; }

    [Id(16)] public double PauseMs { get; init; }

    [Id(17)] public double SuspendMs { get; init; }

    /// <summary>0 to 100 of the observed time.</summary>
    [Id(18)] public double TimeInGcPercent { get; init; }

    [Id(19)] public double? Gen0PauseP99Ms { get; init; }

    [Id(20)] public double? Gen1PauseP99Ms { get; init; }

    [Id(21)] public double? Gen2PauseP99Ms { get; init; }

    /// <summary>Per instance, on average.</summary>
    [Id(22)] public double AllocatedBytesPerSecond { get; init; }

    /// <summary>After the last GC, mean over instances that had one.</summary>
    [Id(23)] public long? HeapBytes { get; init; }

    [Id(24)] public long? Gen0Bytes { get; init; }

    [Id(25)] public long? Gen1Bytes { get; init; }

    [Id(26)] public long? Gen2Bytes { get; init; }

    [Id(27)] public long? LohBytes { get; init; }

    [Id(28)] public long? PohBytes { get; init; }

    /// <summary>Heap after the last gen2 GC; null when there was none.</summary>
    [Id(29)] public long? HeapAfterGen2Bytes { get; init; }

    [Id(30)] public long? FragmentedBytes { get; init; }

    [Id(31)] public long? PromotedBytes { get; init; }

    [Id(32)] public long? WorkingSetBytes { get; init; }

    [Id(33)] public double CpuCores { get; init; }

    /// <summary>GC numbers that were skipped while watching (lost events).</summary>
    [Id(34)] public long MissedGcCount { get; init; }

    /// <summary>The largest heap at the start of a GC, mean over instances that had one.</summary>
    [Id(35)] public long? HeapBeforeBytes { get; init; }

    /// <summary>Committed for the heap after the last GC, mean over instances whose runtime tells it.</summary>
    [Id(36)] public long? CommittedBytes { get; init; }

    /// <summary>Pinned objects that the last GC met, mean over instances.</summary>
    [Id(37)] public double? PinnedObjectCount { get; init; }

    /// <summary>GC handles after the last GC, mean over instances.</summary>
    [Id(38)] public double? GcHandleCount { get; init; }

    /// <summary>Objects that survived because their finalizers had to run, all instances together.</summary>
    [Id(39)] public long FinalizationPromotedCount { get; init; }

    /// <summary>Mean over instances.</summary>
    [Id(40)] public double? ThreadCount { get; init; }

    /// <summary>Stops of the world for other reasons than a GC, all instances together.</summary>
    [Id(41)] public long OtherSuspensionCount { get; init; }

    [Id(42)] public double OtherSuspensionMs { get; init; }

    /// <summary>GCs by the runtime's name of their reason ("AllocSmall", "Induced", ...), all instances together; "Other" are those that this version does not know. Empty from agents that tell none.</summary>
    [Id(43)] public IReadOnlyDictionary<string, long> Reasons { get; init; } = new Dictionary<string, long>();
}

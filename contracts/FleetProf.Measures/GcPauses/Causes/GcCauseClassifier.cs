namespace FleetProf.Measures.GcPauses.Causes;

/// <summary>
/// Names the cause of every pause of one process, from what its events carry. Remembers the latest collections, because a pause is
/// long or short compared with its like; give it every collection, in order. Agent and analyzer give the same answer to the same events.
/// The order: slow suspension; why a full collection was made; then, for long pauses only, what the time was spent on.
/// Allocates nothing per collection. Not thread-safe.
/// </summary>
public sealed class GcCauseClassifier
{
    /// <summary>A pause of this length is worth a cause whatever is usual in the process.</summary>
    public const double LongPauseMs = 10;

    /// <summary>Suspending takes far less than a millisecond where nothing is wrong.</summary>
    public const double SlowSuspensionMs = 1;

    /// <summary>A pause of <see cref="NotablePauseMs"/> and this many times the median is long as well.</summary>
    private const double TimesTypical = 4;
    private const double NotablePauseMs = 5;

    private const double MuchPromotedBytes = 1_000_000;

    // Where nothing is known of the process: ten milliseconds and more for any kind of objects.
    private const double VeryMuchPromotedBytes = 5_000_000;
    private const double MoreThanTypical = 2;

    private const double MuchRootMs = 3;

    // Of what is collected; a few percent are usual where objects die young.
    private const double HighSurvival = 0.1;
    // From here on the runtime collects more eagerly, unless it is told another threshold.
    private const int HighLoadPercent = 90;

    private const int ManyPinnedObjects = 100;
    private const int ManyFinalizableObjects = 1_000;

    private const CondemnReasons Fragmented = CondemnReasons.FragmentedGen2 | CondemnReasons.FragmentedGen2Estimated;

    // Where memory is short, the runtime calls much less free space a fragmentation.
    private const CondemnReasons ShortOfMemory = CondemnReasons.HighMemory | CondemnReasons.VeryHighMemory
        | CondemnReasons.FragmentedGen2HighMemory | CondemnReasons.FragmentedGen2VeryHighMemory;
    private const double MuchFreeSpace = 0.3;

    private const CondemnReasons AtLimit = CondemnReasons.BeforeOutOfMemory | CondemnReasons.LimitBeforeOutOfMemory
        | CondemnReasons.LimitLohFragmentation | CondemnReasons.LimitLohReclaim;

    private readonly TypicalGc[] typical = [.. Enumerable.Range(0, 9).Select(_ => new TypicalGc())];

    /// <summary>Whether the answer to <see cref="Classify(in GcRecord, double?)"/> may depend on throttling, so that reading it is worth while.</summary>
    public bool DependsOnThrottling(in GcRecord gc) => !gc.IsOwn && gc.Kind != GcKind.Background
        && (IsSlowSuspension(gc.SuspendMs, gc.PauseMs) || IsLong(gc, Typical(gc, null)));

    /// <summary>One of the two stops of a background collection, whose other facts are known only at its end.</summary>
    public static GcFinding Classify(in GcPause pause)
    {
        if (IsSlowSuspension(pause.SuspendMs, pause.PauseMs)) return new GcFinding(GcCause.SlowSuspension);
        if (pause.PauseMs >= LongPauseMs) return new GcFinding(GcCause.BackgroundMark);
        return new GcFinding(CauseOfReason(pause.Reason) ?? GcCause.Ordinary);
    }

    /// <summary>A complete collection. <paramref name="throttledMs"/>: see <see cref="GcFinding.ThrottledMs"/>.</summary>
    public GcFinding Classify(in GcRecord gc, double? throttledMs = null)
    {
        var finding = Typical(gc, throttledMs);
        finding = finding with { Cause = CauseOf(gc, finding, Like(gc).LatestRootMs) };
        if (!gc.IsOwn) Like(gc).Add(gc.PauseMs, gc.Statistics.PromotedBytes, gc.RootMs);
        return finding;
    }

    private TypicalGc Like(in GcRecord gc) => typical[Math.Clamp(gc.Generation, 0, 2) * 3 + (int)gc.Kind];

    // Medians cost microseconds; they are looked up only where a pause might count as long.
    private GcFinding Typical(in GcRecord gc, double? throttledMs)
    {
        var like = Like(gc);
        return like.IsKnown && gc.PauseMs >= SlowSuspensionMs
            ? new GcFinding(GcCause.Ordinary, like.PauseMs, like.PromotedBytes, throttledMs)
            : new GcFinding(GcCause.Ordinary, ThrottledMs: throttledMs);
    }

    private static GcCause CauseOf(in GcRecord gc, in GcFinding known, in PerRoot latestRootMs)
    {
        if (gc.IsOwn) return GcCause.Induced;
        if (IsSlowSuspension(gc.SuspendMs, gc.PauseMs)) return known.ThrottledMs >= gc.SuspendMs / 2 ? GcCause.CpuStarvation : GcCause.SlowSuspension;
        if (gc.Kind == GcKind.Background && gc.PauseMs >= LongPauseMs) return GcCause.BackgroundMark;
        if (CauseOfFull(gc) is { } full) return full;
        if (GcReasons.IsInduced(gc.Reason)) return GcCause.Induced;
        if (!IsLong(gc, known) || gc.Kind == GcKind.Background) return GcCause.Ordinary;
        if (known.ThrottledMs >= gc.PauseMs / 2 && TakesLongerThanItsWork(gc, known)) return GcCause.CpuStarvation;
        return CauseOfObjects(gc, known) ?? CauseOfRoots(gc, latestRootMs) ?? Rest(gc, known);
    }

    // Why a full collection was made at all: that it takes long goes without saying.
    private static GcCause? CauseOfFull(in GcRecord gc)
    {
        if (gc.Generation < 2) return null;
        if (GcReasons.IsInduced(gc.Reason) || gc.Reason is GcReason.LowMemory or GcReason.LowMemoryHost or GcReason.LowMemoryHostBlocking) return CauseOfReason(gc.Reason);
        if ((gc.Reasons & AtLimit) != 0 || gc.Reason == GcReason.OutOfSpaceSOH) return GcCause.HardLimit;
        if (CauseOfReason(gc.Reason) is { } cause) return cause;
        if ((gc.Reasons & Fragmented) != 0) return GcCause.Fragmentation;
        var isShort = (gc.Reasons & ShortOfMemory) != 0 || gc.Global.MemoryLoadPercent >= HighLoadPercent;
        if (!isShort) return null;
        return (gc.Reasons & ShortOfMemory) != 0 && gc.FreeBeforeBytes >= gc.HeapBeforeBytes * MuchFreeSpace && gc.FreeBeforeBytes > 0 ? GcCause.Fragmentation : GcCause.MemoryPressure;
    }

    private static GcCause? CauseOfReason(GcReason reason) => reason switch
    {
        GcReason.Induced or GcReason.InducedNotForced or GcReason.InducedCompacting or GcReasons.InducedAggressive => GcCause.Induced,
        GcReason.LowMemory or GcReason.LowMemoryHost or GcReason.LowMemoryHostBlocking or GcReason.InducedLowMemory => GcCause.MemoryPressure,
        GcReason.AllocLarge or GcReason.OutOfSpaceLOH => GcCause.LohBudget,
        GcReason.PMFullGC => GcCause.ProvisionalMode,
        _ => null,
    };

    // What the time was spent on. Survivors come before the roots through which they were found, pinned and finalizable ones before all.
    private static GcCause? CauseOfObjects(in GcRecord gc, in GcFinding known)
    {
        var (work, phases, promoted) = (gc.WorkMs, gc.Global.Phases, gc.Statistics.PromotedBytes);
        var finalization = Math.Max(phases.FinalizationMs, gc.RootMs.Finalizers);
        if (gc.Statistics.FinalizationPromotedCount >= ManyFinalizableObjects
            && (finalization >= work * 0.4 || gc.Statistics.FinalizationPromotedBytes >= promoted * 0.5)) return GcCause.Finalization;
        if (gc.Statistics.PinnedObjectCount >= ManyPinnedObjects && gc.PinnedSurvivedBytes >= Math.Max(MuchPromotedBytes, (gc.PinnedSurvivedBytes + gc.SurvivedBytes) * 0.5)) return GcCause.Pinning;
        var moves = gc.Global.IsCompacting && phases.CompactMs >= work * 0.4;
        // The usual survivors take long where they are moved and usually are not: then moving alone takes longer than all of a usual pause.
        if (moves && promoted >= VeryMuchPromotedBytes && phases.CompactMs >= known.TypicalPauseMs * 1.5) return GcCause.Compaction;
        if (!PromotesMuch(gc, known)) return null;
        return moves ? GcCause.Compaction : promoted >= gc.CondemnedBytes * HighSurvival || promoted >= known.TypicalPromotedBytes * MoreThanTypical ? GcCause.Survivors : null;
    }

    // As much as makes a pause long, and more than where pauses are usually short: then the same survivors do not explain this one.
    private static bool PromotesMuch(in GcRecord gc, in GcFinding known)
    {
        var promoted = gc.Statistics.PromotedBytes;
        if (known is not { TypicalPauseMs: { } pause, TypicalPromotedBytes: { } typical }) return promoted >= VeryMuchPromotedBytes;
        return promoted >= MuchPromotedBytes && (pause >= LongPauseMs || promoted >= typical * MoreThanTypical);
    }

    // Time alone proves nothing: it passes as well while the processor is elsewhere. What takes long by itself takes long again: in the
    // same collection, because whoever moves objects goes through all roots a second time, or in the next one.
    private static GcCause? CauseOfRoots(in GcRecord gc, in PerRoot latestRootMs)
    {
        var (roots, relocateMs) = (gc.RootMs, gc.Global.Phases.RelocateMs);
        if (roots.Total + relocateMs < Math.Max(MuchRootMs, gc.WorkMs * 0.5)) return null;
        var isRepeated = relocateMs >= roots.Total * 0.3;
        if (roots.OldObjects >= roots.Total * 0.5) return isRepeated || latestRootMs.OldObjects >= MuchRootMs ? GcCause.OldToYoungReferences : null;
        if (roots.Stack + roots.Handles < roots.Total * 0.5) return null;
        return isRepeated || latestRootMs.Stack + latestRootMs.Handles >= MuchRootMs ? GcCause.HandlesAndStacks : null;
    }

    private static GcCause Rest(in GcRecord gc, in GcFinding known)
    {
        if (known.ThrottledMs is not 0 && TakesLongerThanItsWork(gc, known)) return GcCause.CpuStarvation;
        return gc.Kind == GcKind.Foreground ? GcCause.ForegroundCollection : GcCause.Unexplained;
    }

    private static bool IsLong(in GcRecord gc, in GcFinding known)
    {
        if (known is not { TypicalPauseMs: { } pause, TypicalPromotedBytes: { } promoted }) return gc.PauseMs >= LongPauseMs;
        if (gc.PauseMs < LongPauseMs) return gc.PauseMs >= NotablePauseMs && gc.PauseMs >= pause * TimesTypical;
        // Somewhat more than usual happens to any pause, unless there was more to do as well.
        return pause >= LongPauseMs || gc.PauseMs >= pause * 2.5 || gc.Statistics.PromotedBytes >= Math.Max(MuchPromotedBytes, promoted * MoreThanTypical);
    }

    // Three times what its like takes, more work allowed for.
    private static bool TakesLongerThanItsWork(in GcRecord gc, in GcFinding known)
    {
        if (known is not { TypicalPauseMs: { } pause, TypicalPromotedBytes: { } promoted }) return false;
        var more = Math.Max(1, gc.Statistics.PromotedBytes / Math.Max(promoted, 100_000));
        return gc.PauseMs >= 3 * pause * more;
    }

    private static bool IsSlowSuspension(double suspendMs, double pauseMs) => suspendMs >= Math.Max(SlowSuspensionMs, pauseMs / 2);
}

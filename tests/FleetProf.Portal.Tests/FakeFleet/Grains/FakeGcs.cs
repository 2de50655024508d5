using FleetProf.Contracts.GcPauses;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Records of single GCs and causes of pauses, made up.</summary>
internal static class FakeGcs
{
    /// <summary>The GC with a cause, its evidence and a record whose phases are part of its pause.</summary>
    public static LongGc Explain(LongGc gc) => gc with
    {
        Cause = gc.SuspendMs > 1 ? PauseCause.SlowSuspension : gc.Reason == "Induced" ? PauseCause.Induced : gc.Generation == 2 ? PauseCause.LohBudget : PauseCause.Survivors,
        Evidence = $"Made up: {gc.PauseMs:0.0} ms for {gc.PromotedBytes / 1e6:0.0} MB promoted.",
        Detail = new()
        {
            PauseMs = gc.PauseMs, FinalPauseMs = gc.Kind == "background" ? gc.PauseMs * 0.3 : 0, SuspendMs = gc.SuspendMs, ResumeMs = 0.1,
            MarkMs = gc.PauseMs * 0.4, FinalizationMs = gc.PauseMs * 0.01, PlanMs = gc.PauseMs * 0.1, RelocateMs = gc.PauseMs * 0.05, CompactMs = gc.PauseMs * 0.1,
            RootMs = new() { Stacks = gc.PauseMs * 0.1, OlderObjects = gc.PauseMs * 0.2 }, RootBytes = new() { Stacks = 4e6, OlderObjects = 9e6 },
            HeapBeforeBytes = 140_000_000, Before = new() { Gen0Bytes = 40_000_000, Gen2Bytes = 80_000_000, LohBytes = 20_000_000 },
            After = new() { Gen1Bytes = gc.PromotedBytes, Gen2Bytes = 81_000_000, LohBytes = 20_000_000 }, FreeBeforeBytes = 9_000_000, FreeAfterBytes = 11_000_000,
            CommittedBytes = 160_000_000, AllocatedBytes = 39_000_000, SurvivedBytes = gc.PromotedBytes, PinnedObjectCount = 3, GcHandleCount = 900,
            CondemnReasons = gc.Generation == 2 ? "FragmentedGen2" : "", MemoryLoadPercent = 61, HeapCount = 4, IsCompacting = true, TypicalPauseMs = 4.2, TypicalPromotedBytes = 2e6, TriggerMs = 0.3,
        },
    };

    /// <summary>The more, the worse: survivors take over.</summary>
    public static IReadOnlyList<CausePauses> Causes(string version, DateTimeOffset now, double badness)
    {
        CausePauses[] causes =
        [
            Of(PauseCause.Survivors, 320 * badness, 31_000 * badness, 99), Of(PauseCause.Ordinary, 9_000, 21_000, 4.1), Of(PauseCause.SlowSuspension, 12, 900, 82),
            Of(PauseCause.Induced, 3, 410, 160), Of(PauseCause.Unexplained, 1, 14, 14),
        ];
        var all = causes.Sum(cause => cause.PauseMs);
        return [.. causes.Select(cause => cause with { PausePercent = cause.PauseMs / all * 100 }).OrderByDescending(cause => cause.PauseMs)];

        CausePauses Of(PauseCause cause, double count, double ms, double p99) => new()
        {
            Cause = cause, Version = version, PauseCount = (long)count, PauseMs = ms, PauseP50Ms = ms / count, PauseP99Ms = p99, MaxPauseMs = p99 * 1.4,
            Longest = cause is PauseCause.Survivors or PauseCause.SlowSuspension
                ? Explain(new LongGc { Instance = "made-up", Version = version, Number = 812, Kind = "blocking", Reason = "AllocSmall", PauseMs = p99 * 1.4, SuspendMs = 0.2, EndedAt = now, PromotedBytes = 30_000_000 })
                : null,
        };
    }
}

using FleetProf.AgentProtocol;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Silo.GcPauses.Rows;
using Google.Protobuf.Collections;
using LongGc = FleetProf.Contracts.GcPauses.LongGc;
using PauseCause = FleetProf.Contracts.GcPauses.PauseCause;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Exemplars as they leave the silo. What an agent wrote is not trusted: no number of it is one that JSON cannot hold, no text endless.</summary>
internal static class LongGcs
{
    private const int LongestEvidence = 500;

    public static LongGc Of(LongestGc gc, string version)
    {
        var record = LongestBytes.RecordOf(gc);
        return new LongGc
        {
            Instance = gc.InstanceId,
            Version = version,
            Number = gc.Number,
            Generation = (int)record.Generation,
            Kind = record.Kind switch
            {
                PauseKind.Blocking => "blocking",
                PauseKind.BackgroundInitial or PauseKind.BackgroundFinal => "background",
                PauseKind.Foreground => "foreground",
                _ => "",
            },
            Reason = record.Reason,
            PauseMs = Safe(gc.PauseMs),
            SuspendMs = Safe(record.SuspendMs),
            EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(gc.EndedMs, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())),
            PromotedBytes = record.PromotedBytes,
            Cause = CauseOf(gc),
            Evidence = record.Evidence.Length <= LongestEvidence ? record.Evidence : record.Evidence[..LongestEvidence],
            Detail = record.Detail is { } detail ? DetailOf(detail) : null,
        };
    }

    /// <summary>Unknown for one of a later version, as in the sketches.</summary>
    public static PauseCause CauseOf(LongestGc gc) => (PauseCause)(int)LongestBytes.RecordOf(gc).Cause is var cause && Enum.IsDefined(cause) ? cause : PauseCause.Unknown;

    private static LongGcDetail DetailOf(GcDetail detail) => new()
    {
        PauseMs = Safe(detail.PauseMs),
        FinalPauseMs = Safe(detail.FinalPauseMs),
        SuspendMs = Safe(detail.SuspendMs),
        ResumeMs = Safe(detail.ResumeMs),
        MarkMs = Safe(detail.MarkMs),
        FinalizationMs = Safe(detail.FinalizationMs),
        PlanMs = Safe(detail.PlanMs),
        RelocateMs = Safe(detail.RelocateMs),
        CompactMs = Safe(detail.CompactMs),
        SweepMs = Safe(detail.SweepMs),
        TriggerMs = Safe(detail.TriggerMs),
        RootMs = RootsOf(detail.RootMs),
        RootBytes = RootsOf(detail.RootBytes),
        HeapBeforeBytes = detail.HeapBeforeBytes,
        Before = SizesOf(detail.HeapBefore),
        After = SizesOf(detail.HeapAfter),
        Budget = SizesOf(detail.Budget),
        CondemnedBytes = detail.CondemnedBytes,
        FreeBeforeBytes = detail.FreeBeforeBytes,
        FreeAfterBytes = detail.FreeAfterBytes,
        CommittedBytes = detail.CommittedBytes,
        AllocatedBytes = detail.AllocatedBytes,
        SurvivedBytes = detail.SurvivedBytes,
        PinnedSurvivedBytes = detail.PinnedSurvivedBytes,
        FinalizationPromotedBytes = detail.FinalizationPromotedBytes,
        FinalizationPromotedCount = detail.FinalizationPromotedCount,
        PinnedObjectCount = detail.PinnedObjectCount,
        GcHandleCount = detail.GcHandleCount,
        CondemnReasons = detail.CondemnReasons == 0 ? "" : ((CondemnReasons)detail.CondemnReasons).ToString(),
        MemoryLoadPercent = (int)Math.Min(detail.MemoryLoadPercent, 100),
        HeapCount = (int)Math.Min(detail.HeapCount, int.MaxValue),
        IsCompacting = detail.IsCompacting,
        TypicalPauseMs = detail.HasTypicalPauseMs ? Safe(detail.TypicalPauseMs) : null,
        TypicalPromotedBytes = detail.HasTypicalPromotedBytes ? Safe(detail.TypicalPromotedBytes) : null,
        ThrottledMs = detail.HasThrottledMs ? Safe(detail.ThrottledMs) : null,
    };

    private static GcRoots RootsOf(RepeatedField<double> roots)
    {
        double At(int index) => index < roots.Count ? Safe(roots[index]) : 0;
        return new() { Stacks = At(0), Finalizers = At(1), Handles = At(2), OlderObjects = At(3), Other = At(4) };
    }

    private static GenerationSizes? SizesOf(HeapSizes? sizes) => sizes is null
        ? null
        : new() { Gen0Bytes = sizes.Gen0Bytes, Gen1Bytes = sizes.Gen1Bytes, Gen2Bytes = sizes.Gen2Bytes, LohBytes = sizes.LohBytes, PohBytes = sizes.PohBytes };

    private static double Safe(double value) => double.IsFinite(value) && value > 0 ? value : 0;
}

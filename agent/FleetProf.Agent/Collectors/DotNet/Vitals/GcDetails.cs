using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>The record of a collection as a message.</summary>
internal static class GcDetails
{
    public static GcDetail Of(in GcRecord gc, in GcFinding finding)
    {
        var phases = gc.Global.Phases;
        var detail = new GcDetail
        {
            PauseMs = gc.PauseMs,
            FinalPauseMs = gc.FinalPauseMs,
            SuspendMs = gc.SuspendMs,
            ResumeMs = gc.ResumeMs,
            MarkMs = phases.MarkMs,
            FinalizationMs = phases.FinalizationMs,
            PlanMs = phases.PlanMs,
            RelocateMs = phases.RelocateMs,
            CompactMs = phases.CompactMs,
            SweepMs = phases.SweepMs,
            CondemnReasons = (uint)gc.Reasons,
            MemoryLoadPercent = (uint)Math.Max(0, gc.Global.MemoryLoadPercent),
            HeapCount = (uint)Math.Max(0, gc.Global.HeapCount),
            IsCompacting = gc.Global.IsCompacting,
            TriggerMs = gc.TriggerMs,
        };
        AddSizes(detail, gc);
        AddRoots(detail.RootMs, gc.RootMs);
        AddRoots(detail.RootBytes, gc.RootBytes);
        if (finding.TypicalPauseMs is { } pause) detail.TypicalPauseMs = pause;
        if (finding.TypicalPromotedBytes is { } promoted) detail.TypicalPromotedBytes = promoted;
        if (finding.ThrottledMs is { } throttled) detail.ThrottledMs = throttled;
        return detail;
    }

    public static HeapSizes Sizes(in GenerationBytes heap) =>
        new() { Gen0Bytes = heap.Gen0, Gen1Bytes = heap.Gen1, Gen2Bytes = heap.Gen2, LohBytes = heap.Loh, PohBytes = heap.Poh };

    private static void AddSizes(GcDetail detail, in GcRecord gc)
    {
        detail.HeapBeforeBytes = gc.HeapBeforeBytes;
        detail.HeapBefore = gc.HasHistory ? Sizes(gc.SizeBefore) : null;
        detail.Budget = gc.HasHistory ? Sizes(gc.Budget) : null;
        detail.HeapAfter = gc.HasStatistics ? Sizes(gc.Statistics.After) : null;
        detail.CondemnedBytes = gc.CondemnedBytes;
        detail.FreeBeforeBytes = gc.FreeBeforeBytes;
        detail.FreeAfterBytes = gc.FragmentedBytes;
        detail.CommittedBytes = gc.CommittedBytes;
        detail.AllocatedBytes = gc.AllocatedBytes;
        detail.SurvivedBytes = gc.SurvivedBytes;
        detail.PinnedSurvivedBytes = gc.PinnedSurvivedBytes;
        detail.FinalizationPromotedBytes = gc.Statistics.FinalizationPromotedBytes;
        detail.FinalizationPromotedCount = gc.Statistics.FinalizationPromotedCount;
        detail.PinnedObjectCount = (uint)Math.Max(0, gc.Statistics.PinnedObjectCount);
        detail.GcHandleCount = (uint)Math.Max(0, gc.Statistics.GcHandleCount);
    }

    private static void AddRoots(Google.Protobuf.Collections.RepeatedField<double> field, in PerRoot roots) =>
        field.AddRange([roots.Stack, roots.Finalizers, roots.Handles, roots.OldObjects, roots.Other]);
}

using System.Globalization;

namespace FleetProf.Measures.GcPauses.Causes;

/// <summary>Says a cause in a sentence that names the figures it rests on, so that it can be checked against the collection's record.</summary>
public static class GcCauseText
{
    /// <summary>Empty for ordinary and unknown.</summary>
    public static string Say(in GcRecord gc, in GcFinding finding) => finding.Cause switch
    {
        GcCause.SlowSuspension => Text($"The threads took {gc.SuspendMs:0.0} of the {gc.PauseMs:0.0} ms to stop{Throttled(finding)}."),
        GcCause.Induced when gc.IsOwn => "FleetProf's own heap snapshot collected.",
        GcCause.Induced => Text($"The program asked for it ({GcReasons.NameOf(gc.Reason)})."),
        GcCause.MemoryPressure => Text($"Memory was short: a load of {gc.Global.MemoryLoadPercent} % ({Why(gc)})."),
        GcCause.LohBudget => Text($"The budget of the large object heap was used up ({GcReasons.NameOf(gc.Reason)}): {Size(gc.SizeBefore.Loh)} of large objects before."),
        GcCause.HardLimit => Text($"The heap met its limit ({Why(gc)}): {Size(gc.HeapBeforeBytes)} before, {Size(gc.CommittedBytes)} committed."),
        GcCause.Fragmentation => Text($"{Size(gc.FreeBeforeBytes)} of the {Size(gc.HeapBeforeBytes)} heap were free space between objects ({Why(gc)})."),
        GcCause.Survivors => Text($"{Size(gc.Statistics.PromotedBytes)} of {Size(gc.CondemnedBytes)} survived, {Found(gc)}{Than(finding)}."),
        GcCause.OldToYoungReferences => Text($"Looking through older objects for references to young ones took {gc.RootMs.OldObjects:0.0} of {gc.WorkMs:0.0} ms{Again(gc)}."),
        GcCause.HandlesAndStacks => Text($"Thread stacks took {gc.RootMs.Stack:0.0} and handles {gc.RootMs.Handles:0.0} of {gc.WorkMs:0.0} ms{Again(gc)}; there are {gc.Statistics.GcHandleCount} handles."),
        GcCause.Pinning => Text($"{gc.Statistics.PinnedObjectCount} pinned objects kept {Size(gc.PinnedSurvivedBytes)} of {Size(gc.PinnedSurvivedBytes + gc.SurvivedBytes)} survivors in place."),
        GcCause.Finalization => Text($"{gc.Statistics.FinalizationPromotedCount} dead objects with finalizers kept {Size(gc.Statistics.FinalizationPromotedBytes)} alive."),
        GcCause.Compaction => Text($"Moving {Size(gc.Statistics.PromotedBytes)} took {gc.Global.Phases.CompactMs:0.0} of {gc.WorkMs:0.0} ms."),
        GcCause.CpuStarvation => Starved(gc, finding),
        GcCause.BackgroundMark => Text($"A background collection stopped the program for {gc.PauseMs - gc.FinalPauseMs:0.0} ms to begin marking and {gc.FinalPauseMs:0.0} ms to end it."),
        GcCause.ForegroundCollection => Text($"It ran beside a background collection; {gc.PauseMs:0.0} ms{Than(finding)}."),
        GcCause.ProvisionalMode => "The runtime turned a young collection into a full one (provisional mode).",
        GcCause.Unexplained => Text($"{gc.PauseMs:0.0} ms{Than(finding)}, and the events do not say why."),
        _ => "",
    };

    private static string Starved(in GcRecord gc, in GcFinding finding)
    {
        var throttled = finding.ThrottledMs is > 0 and var denied
            ? Text($"the control group was denied the processor for {denied:0} ms")
            : "suspected, because the processor's limits were not seen";
        return Text($"{gc.PauseMs:0.0} ms for {Size(gc.Statistics.PromotedBytes)} promoted{Than(finding)}: {throttled}.");
    }

    private static string Throttled(in GcFinding finding) =>
        finding.ThrottledMs is > 0 and var denied ? Text($"; the control group was denied the processor for {denied:0} ms") : "";

    private static string Than(in GcFinding finding) =>
        finding.TypicalPauseMs is { } pause ? Text($" (usual: {pause:0.0} ms, {Size(finding.TypicalPromotedBytes ?? 0)} promoted)") : "";

    private static string Again(in GcRecord gc) => gc.Global.Phases.RelocateMs > 0 ? Text($", and again {gc.Global.Phases.RelocateMs:0.0} to relocate") : "";

    private static string Found(in GcRecord gc)
    {
        var (bytes, name) = (gc.RootBytes.Stack, "stacks");
        if (gc.RootBytes.OldObjects > bytes) (bytes, name) = (gc.RootBytes.OldObjects, "older objects");
        if (gc.RootBytes.Handles > bytes) (bytes, name) = (gc.RootBytes.Handles, "handles");
        if (gc.RootBytes.Finalizers > bytes) (bytes, name) = (gc.RootBytes.Finalizers, "finalizers");
        return bytes > 0 ? Text($"{bytes * 100 / gc.RootBytes.Total:0} % of it through {name}") : "through roots that the events do not name";
    }

    private static string Why(in GcRecord gc) => gc.Reasons == CondemnReasons.None ? GcReasons.NameOf(gc.Reason) : $"{GcReasons.NameOf(gc.Reason)}, {gc.Reasons}";

    private static string Size(double bytes) => bytes >= 1e9 ? Text($"{bytes / 1e9:0.0} GB") : Text($"{bytes / 1e6:0.0} MB");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using static FleetProf.Analysis.GcPauses.Advisor.Rules.Words;

namespace FleetProf.Analysis.GcPauses.Advisor.Rules;

/// <summary>What no setting of the GC mends.</summary>
internal static class ProgramRules
{
    private const int LeastInduced = 3;
    private const double InducedPerHour = 6;
    private const double SlowSuspendMs = 1;
    private const double SuspendPercent = 50;

    public static KnobAdvice? Induced(InstanceEvidence instance, Forecast forecast)
    {
        var perHour = instance.InducedCount / instance.ObservedSeconds * 3600;
        if (instance.InducedCount < LeastInduced || perHour < InducedPerHour) return null;
        return About(instance, "induced-gcs",
            Text($"The program asked for {instance.InducedCount} collections itself ({perHour:0} an hour), {100.0 * instance.InducedCount / instance.GcCount:0} % of all."),
            [new("induced GCs", perHour, "1/h", InducedPerHour), new("of all GCs", 100.0 * instance.InducedCount / instance.GcCount, "%")],
            "Find who calls GC.Collect (or GC.AddMemoryPressure) and remove it.") with
        {
            Risk = "Some callers rely on finalizers having run; look at each call.",
            Experiment = "A trace with stacks of GCTriggered names the caller. Release the change to one instance and compare time in GC.",
            Rollback = "Release the version before.",
        };
    }

    public static KnobAdvice? SlowSuspension(InstanceEvidence instance, Forecast forecast)
    {
        var mean = instance.SuspendMs / instance.GcCount;
        var part = instance.PauseMs > 0 ? 100 * instance.SuspendMs / instance.PauseMs : 0;
        if (mean < SlowSuspendMs || part < SuspendPercent) return null;
        return About(instance, "slow-suspension",
            Text($"Threads take {mean:0.0} ms to stop on average, {part:0} % of all pause time: it is not the collecting that takes long."),
            [new("suspension", mean, "ms", SlowSuspendMs), new("of pause time", part, "%", SuspendPercent)],
            "No setting of the GC helps. Look for a processor quota that throttles the process, for paging, and for long loops without calls.") with
        {
            Risk = "None.",
            Experiment = "Double the processor quota of one instance and compare the time to suspend.",
            Rollback = "Set the quota back.",
        };
    }
}

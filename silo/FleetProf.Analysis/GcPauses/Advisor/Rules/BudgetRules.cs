using static FleetProf.Analysis.GcPauses.Advisor.Rules.Words;

namespace FleetProf.Analysis.GcPauses.Advisor.Rules;

/// <summary>How much may be allocated before a collection.</summary>
internal static class BudgetRules
{
    private const double ManyGcsPerSecond = 5;
    private const double LowSurvivalPercent = 10;
    private const double NoticeablePercent = 2;

    // As far as the model's interval reaches, and no more of the limit than leaves room for all else.
    private const double Raise = 4;
    private const double LargestPartOfLimit = 0.1;
    private const long LargestBudget = 256L << 20;

    private const int LeastFullGcs = 5;
    private const double ChurnPercent = 50;
    private const long LargeObject = 200_000;

    public static KnobAdvice? Gen0BudgetSmall(InstanceEvidence instance, Forecast forecast)
    {
        if (instance.IsAdaptive || instance.GcsPerSecond < ManyGcsPerSecond || instance.TimeInGcPercent < NoticeablePercent) return null;
        // Where much survives, a larger budget only makes each pause longer.
        if (instance.SurvivalPercent is not (< LowSurvivalPercent and var survival) || forecast.PresentBudget is not { } present) return null;
        // What is allocated between two GCs is that of all heaps, what is set is that of each.
        if (HeapCount(instance) is not { } heaps) return null;
        var wanted = Math.Min(present * Raise, LargestBudget);
        if (instance.HeapLimitBytes > 0) wanted = Math.Min(wanted, instance.HeapLimitBytes * LargestPartOfLimit);
        var budget = (long)Math.Round(wanted / heaps / (1 << 20)) << 20;
        var total = budget * heaps;
        if (Math.Min(wanted, total) < present * 1.5) return null;
        var told = heaps == 1 ? Size(budget) : Text($"{Size(budget)} for each of the {heaps} heaps, {Size(total)} in all");
        var advice = About(instance, "gen0-budget-small",
            Text($"{instance.GcsPerSecond:0.0} GCs/s: only {Size(present)} are allocated between two of them, and {survival:0.0} % of it survives."),
            [new("GCs", instance.GcsPerSecond, "1/s", ManyGcsPerSecond), new("survival", survival, "%", LowSurvivalPercent), TimeInGc(instance, NoticeablePercent), new("allocated per GC", present, "B")],
            Text($"Raise the gen0 budget to {told}: what dies before the collection costs nothing.")) with
        {
            Risk = Text($"The heap's peak grows by up to {Size(total - present)}; the budget then exceeds the processor's cache, and pauses grow where more survives."),
        };
        var largest = instance.Setting.LargestGen0BudgetBytes;
        return largest > 0 && largest < budget
            ? advice with
            {
                // The runtime lowers what is set as the budget to what is set as its largest, so that a larger one alone would do nothing.
                Change = Text($"Raise GCGen0MaxBudget or remove it: it holds the gen0 budget of each heap at {Size(largest)}, whatever GCgen0size says. Sensible are {told}: what dies before the collection costs nothing."),
                Rollback = "Set GCGen0MaxBudget as before and restart the instance; nothing is kept.",
            }
            : advice with
            {
                Setting = "DOTNET_GCgen0size",
                Value = GcSettings.Hex(budget),
                Predicted = forecast.Under(instance.Setting with { Gen0BudgetBytes = budget }),
            };
    }

    public static KnobAdvice? LargeObjectChurn(InstanceEvidence instance, Forecast forecast)
    {
        var reasons = instance.Source.FullGcReasons;
        var large = reasons.Count(reason => reason is "AllocLarge" or "OutOfSpaceLOH");
        if (large < LeastFullGcs || large * 100.0 < ChurnPercent * reasons.Count) return null;
        var advice = About(instance, "loh-churn",
            Text($"{large} of {reasons.Count} recorded full collections ran because of large objects; there were {instance.FullCount} full ones of {instance.GcCount}."),
            [new("full GCs because of large objects", 100.0 * large / reasons.Count, "%", ChurnPercent), new("full GCs", instance.FullCount, ""), .. instance.LohBytes is { } loh ? [new AdviceFigure("large object heap", loh, "B")] : Array.Empty<AdviceFigure>()],
            "Rent large arrays from a pool. If they are little larger than 85 kB, raise the threshold so that they die young.") with
        {
            Setting = "DOTNET_GCLOHThreshold",
            Value = GcSettings.Hex(LargeObject),
            Risk = "Large arrays that live are then copied by young collections; a pool that is never trimmed keeps its memory.",
            Experiment = "First an allocation capture: which large types, from where, of which size. Then one instance with the change against one without.",
        };
        return instance.LargeObjectBytes < LargeObject ? advice : advice with
        {
            Change = Text($"Rent large arrays from a pool. The threshold is {instance.LargeObjectBytes} bytes already."),
            Setting = "",
            Value = "",
            Risk = "A pool that is never trimmed keeps its memory.",
            Rollback = "Release the version before.",
        };
    }

    /// <summary>Heaps of which each gets the budget that is set; null where their number is not known.</summary>
    private static int? HeapCount(InstanceEvidence instance)
    {
        if (!instance.IsServer) return 1;
        var count = instance.Setting.HeapCount > 0 ? instance.Setting.HeapCount : instance.Source.ProcessorCount;
        return count > 0 ? count : null;
    }
}

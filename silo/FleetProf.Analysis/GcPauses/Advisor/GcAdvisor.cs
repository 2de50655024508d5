using System.Globalization;
using FleetProf.Analysis.GcPauses.Advisor.Rules;
using FleetProf.Analysis.GcPauses.PauseCycle;

namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>
/// The rules an expert goes by, on what the windows of a service show. Sources: Maoni Stephens, ".NET Memory Performance Analysis" (what is healthy, what
/// reasons mean), and own measurements of the settings. Says nothing about an instance that was not watched for long enough.
/// </summary>
public static class GcAdvisor
{
    /// <summary>Of activity: what happens every few minutes must have happened.</summary>
    public const int LeastSeconds = 600;

    public const int LeastGcs = 30;

    private static readonly Func<InstanceEvidence, Forecast, KnobAdvice?>[] InstanceRules =
    [
        KindRules.WorkstationOnManyProcessors, KindRules.ServerInSmallContainer, KindRules.AdaptationCostsTime, KindRules.AdaptationSavesMemory, KindRules.ConcurrentOff,
        BudgetRules.Gen0BudgetSmall, BudgetRules.LargeObjectChurn,
        MemoryRules.LimitNear, MemoryRules.Fragmentation,
        ProgramRules.Induced, ProgramRules.SlowSuspension,
    ];

    /// <param name="service">What the advisor is given.</param>
    /// <param name="random">Of the resampling.</param>
    /// <param name="cancellationToken">Cancels the judging, between two instances or rules.</param>
    public static AdvisorFinding Judge(AdvisedService service, Random random, CancellationToken cancellationToken)
    {
        var instances = service.Instances.Select(Read).ToList();
        var judged = instances.Where(instance => Missing(instance) is null).ToList();
        var advice = judged
            .SelectMany(instance => InstanceRules.Select(rule => Ask(rule, instance)).OfType<KnobAdvice>().Select(one => (Advice: one, Kind: KindOf(instance, one))))
            .GroupBy(one => (one.Advice.Rule, one.Advice.Setting, one.Kind), one => one.Advice)
            .SelectMany(WithOneValue)
            .GroupBy(one => (one.Rule, one.Setting, one.Value))
            .Select(Merge)
            .Concat(SettingRules.Judge(service.Settings, instances))
            .OrderByDescending(one => one.PauseMsPerHour).ThenBy(one => one.Rule, StringComparer.Ordinal);
        return new AdvisorFinding([.. advice], [.. instances.Where(instance => Missing(instance) is not null).Select(instance => KeyValuePair.Create(instance.Source.Instance, Missing(instance)!))]);

        InstanceEvidence Read(AdvisedInstance instance)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return InstanceEvidence.Of(instance);
        }

        KnobAdvice? Ask(Func<InstanceEvidence, Forecast, KnobAdvice?> rule, InstanceEvidence instance)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return rule(instance, new Forecast(instance, judged, random));
        }
    }

    private static string? Missing(InstanceEvidence instance)
    {
        if (instance.Source.GcMode.Length == 0) return "Whether it has workstation or server GC is not known: its runtime configuration was not found.";
        if (!instance.IsOfDotNet) return "Its garbage collector is not that of .NET, which the rules are about.";
        if (instance.ObservedSeconds < LeastSeconds)
        {
            return string.Create(CultureInfo.InvariantCulture, $"It was watched at work for {instance.ObservedSeconds:0} s, {LeastSeconds} are needed.");
        }

        return instance.GcCount < LeastGcs ? string.Create(CultureInfo.InvariantCulture, $"It had {instance.GcCount} GCs, {LeastGcs} are needed.") : null;
    }

    /// <summary>What a value depends on: it suits instances only that are equal in this. Null for advice without a value.</summary>
    private static (CycleSetting Setting, int Processors, long Limit, string Environment)? KindOf(InstanceEvidence instance, KnobAdvice advice) => advice.Value.Length == 0
        ? null
        : (instance.Setting, instance.Source.ProcessorCount, instance.Source.MemoryLimitBytes, instance.Source.Environment);

    // Equal instances see unequal load, so that their values differ a little. The least one is not too much for any of them.
    private static IEnumerable<KnobAdvice> WithOneValue(IEnumerable<KnobAdvice> ofOneKind)
    {
        var all = ofOneKind.OrderByDescending(one => one.PauseMsPerHour).ThenBy(one => one.Instances[0], StringComparer.Ordinal).ToList();
        if (all[0].Value.Length == 0) return all;
        var least = all.MinBy(one => long.Parse(one.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture))!;
        return all.Select(one => one with { Change = least.Change, Value = least.Value, Predicted = least.Predicted, Risk = least.Risk });
    }

    // What is true of several instances is said once, with the figures of the one that pauses most.
    private static KnobAdvice Merge(IEnumerable<KnobAdvice> same)
    {
        var all = same.OrderByDescending(one => one.PauseMsPerHour).ThenBy(one => one.Instances[0], StringComparer.Ordinal).ToList();
        return all[0] with { Instances = [.. all.SelectMany(one => one.Instances)], PauseMsPerHour = all.Sum(one => one.PauseMsPerHour) };
    }
}

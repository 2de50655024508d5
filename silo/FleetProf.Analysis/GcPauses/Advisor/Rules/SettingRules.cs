using static FleetProf.Analysis.GcPauses.Advisor.Rules.Words;

namespace FleetProf.Analysis.GcPauses.Advisor.Rules;

/// <summary>Settings that do nothing, and settings that differ inside a service. These need no collections to be true.</summary>
internal static class SettingRules
{
    private const int Named = 4;

    public static IEnumerable<KnobAdvice> Judge(IReadOnlyList<SettingSpread> settings, IReadOnlyList<InstanceEvidence> instances) =>
        settings.Where(setting => setting.IsIgnored).Select(Ignored)
            .Concat(settings.Where(setting => setting is { IsIgnored: false, Instances.Count: > 1 }).Select(setting => Drift(setting, instances)));

    private static KnobAdvice Ignored(SettingSpread setting)
    {
        List<string> having = [.. setting.Instances.Where(value => value.Key.Length > 0).SelectMany(value => value.Value)];
        return new KnobAdvice
        {
            Rule = "setting-ignored",
            Instances = having,
            Observation = Text($"{setting.Name} is set on {having.Count} {(having.Count == 1 ? "instance" : "instances")}; the runtime knows no such setting and takes no notice of it."),
            Figures = [new("instances", having.Count, "")],
            Change = setting.Nearest is { } nearest ? Text($"Write {nearest} instead, or remove it.") : "Remove it.",
            Setting = setting.Name,
            Risk = "Once written rightly it takes effect for the first time: treat that as a change of its own.",
            Experiment = RestartExperiment,
            Rollback = Rollback,
        };
    }

    private static KnobAdvice Drift(SettingSpread setting, IReadOnlyList<InstanceEvidence> instances)
    {
        var values = setting.Instances.OrderByDescending(value => value.Value.Count).ThenBy(value => value.Key, StringComparer.Ordinal).ToList();
        var told = values.Take(Named).Select(value => (Name: value.Key.Length == 0 ? "not set" : value.Key, value.Value.Count, Time: TimeInGc(value.Value, instances))).ToList();
        var list = string.Join(", ", told.Select(value => Text($"{value.Name} on {value.Count}{(value.Time is { } time ? Text($" ({time:0.0} % of the time in GC)") : "")}")));
        return new KnobAdvice
        {
            Rule = "setting-drift",
            Instances = [.. values.Skip(1).SelectMany(value => value.Value)],
            Observation = Text($"{setting.Name} differs inside the service: {list}{(values.Count > Named ? Text($" and {values.Count - Named} more values") : "")}."),
            Figures = [.. told.Select(value => new AdviceFigure(value.Name, value.Count, "")), .. told.Where(value => value.Time is not null).Select(value => new AdviceFigure($"time in GC with {value.Name}", value.Time!.Value, "%"))],
            Change = "Make it equal everywhere, unless it is an experiment.",
            Setting = setting.Name,
            Risk = "The instances that change will behave like the others, for better or worse.",
            Experiment = "The instances as they are, are one: compare them under the same load before choosing the value.",
            Rollback = "Set the former values.",
        };
    }

    /// <summary>Of the instances with enough data; null when there is none.</summary>
    private static double? TimeInGc(IReadOnlyList<string> ids, IReadOnlyList<InstanceEvidence> instances)
    {
        var judged = instances.Where(instance => ids.Contains(instance.Source.Instance) && instance.ObservedSeconds >= GcAdvisor.LeastSeconds).ToList();
        return judged.Count == 0 ? null : judged.Sum(instance => instance.PauseMs) / judged.Sum(instance => instance.ObservedSeconds) / 10;
    }
}

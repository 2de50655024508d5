using FleetProf.Analysis.GcPauses.PauseCycle;

namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>What the pause-cycle model says about other settings of one instance. Instances of the same service that run under other settings are what it learns from.</summary>
internal sealed class Forecast
{
    private readonly InstanceEvidence instance;
    private readonly PauseCycleModel? model;
    private readonly Random random;

    public Forecast(InstanceEvidence instance, IReadOnlyList<InstanceEvidence> service, Random random)
    {
        (this.instance, this.random) = (instance, random);
        if (instance.Cycles.Count == 0) return;
        var others = service.Where(other => other != instance && other.Setting != instance.Setting && other.Cycles.Count > 0)
            .GroupBy(other => other.Setting).Select(group => group.MaxBy(other => other.GcCount)!);
        model = PauseCycleModel.Fit([.. others.Append(instance).Select(one => new CycleSeries(one.Setting, one.Cycles))]);
    }

    /// <summary>Average bytes between young GCs; null when there was none.</summary>
    public double? PresentBudget => instance.Cycles.Sum(cycle => (double)cycle.Count) is > 0 and var count
        ? instance.Cycles.Sum(cycle => cycle.Count * cycle.AllocatedBytes) / count
        : null;

    public IReadOnlyList<PredictedChange> Under(CycleSetting setting)
    {
        if (model is null) return [];
        var prediction = model.Predict(setting, random);
        var count = instance.Cycles.Sum(cycle => (double)cycle.Count);
        return
        [
            new PredictedChange("gc interval", instance.Cycles.Sum(cycle => cycle.Count * cycle.IntervalMs) / count, prediction.IntervalMs),
            new PredictedChange("pause p50", SeriesFit.Median(instance.Cycles, cycle => cycle.PauseMs), prediction.PauseP50Ms),
        ];
    }
}

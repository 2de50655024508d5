using FleetProf.Analysis.GcPauses.Advisor;
using FleetProf.Contracts.GcPauses;
using Figure = FleetProf.Contracts.GcPauses.AdviceFigure;
using Foretold = FleetProf.Contracts.GcPauses.PredictedChange;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Advice as it leaves the silo.</summary>
internal static class AdviceRecords
{
    private const int MostNamed = 20;

    public static GcAdvice Of(KnobAdvice advice) => new()
    {
        Rule = advice.Rule,
        Instances = [.. advice.Instances.Take(MostNamed)],
        InstanceCount = advice.Instances.Count,
        Observation = advice.Observation,
        Figures = [.. advice.Figures.Select(figure => new Figure { Name = figure.Name, Value = figure.Value, Unit = figure.Unit, Bound = figure.Bound })],
        Change = advice.Change,
        Setting = advice.Setting,
        Value = advice.Value,
        Predicted = [.. advice.Predicted.Select(change => new Foretold
        {
            Metric = change.Metric,
            Present = change.Present,
            Predicted = change.Prediction.Value,
            Low = change.Prediction.Low,
            High = change.Prediction.High,
            NotPredicted = change.Prediction.Because,
        })],
        Risk = advice.Risk,
        Experiment = advice.Experiment,
        Rollback = advice.Rollback,
        PauseMsPerHour = advice.PauseMsPerHour,
    };
}

using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.GcPauses;
using Sentence = FleetProf.Analysis.Comparisons.Experiments.ExperimentSentence;

namespace FleetProf.Silo.Comparisons.Experiments;

/// <summary>Turns a piece of advice into an experiment, or says why it is none.</summary>
internal static class ExperimentPlan
{
    public static ExperimentStart Of(ExperimentRequest request, ServiceAdvice advice, DateTimeOffset now)
    {
        // A rule may advise a setting where it helps, another value of it where that fits, and other things to other instances.
        var ofRule = advice.Advice.Where(one => one.Rule == request.Rule && (request.Value.Length == 0 || one.Value == request.Value)).ToList();
        var ofSetting = ofRule.FindAll(one => one.Setting.Length > 0 && one.Value.Length > 0);
        if ((ofSetting.Find(one => Foretold(one).Count > 0) ?? ofSetting.FirstOrDefault() ?? ofRule.FirstOrDefault()) is not { } found)
        {
            var value = request.Value.Length > 0 ? $" with the value {request.Value}" : "";
            return Refuse($"The rule {request.Rule} does not fire on {advice.Service} now{value}. GET /api/v1/services/{advice.Service}/advice tells which do.");
        }

        if (found.Setting.Length == 0 || found.Value.Length == 0)
        {
            return Refuse($"{request.Rule} advises no value of a setting, so there is nothing to recognise the change by.");
        }

        var foretold = Foretold(found);
        if (foretold.Count == 0)
        {
            var why = found.Predicted is [{ NotPredicted.Length: > 0 } first, ..] ? $": {first.NotPredicted}" : "";
            return Refuse($"Nothing is foretold of this change, so nothing could be confirmed{why}. Compare before and after instead: POST /api/v1/comparisons.");
        }

        return new ExperimentStart
        {
            Experiment = new Experiment
            {
                ExperimentId = request.ExperimentId,
                Service = advice.Service,
                Rule = found.Rule,
                Setting = found.Setting,
                Value = found.Value,
                Change = found.Change,
                Rollback = found.Rollback,
                BaselineFrom = advice.From,
                BaselineTo = advice.To,
                BaselineInstances = found.Instances,
                Metrics = [.. foretold.Select(MetricOf)],
                Sentence = Sentence.Waiting(found.Setting, found.Value),
                CreatedAt = now,
                CreatedBy = request.RequestedBy,
            },
        };
    }

    private static List<PredictedChange> Foretold(GcAdvice advice) => [.. advice.Predicted.Where(change => change.Predicted is not null && change.Present > 0)];

    private static ExperimentMetric MetricOf(PredictedChange change) => new()
    {
        Metric = change.Metric,
        PredictedEffect = (change.Predicted!.Value / change.Present) - 1,
        PredictedLow = (change.Low!.Value / change.Present) - 1,
        PredictedHigh = (change.High!.Value / change.Present) - 1,
    };

    private static ExperimentStart Refuse(string why) => new() { Refusal = why };
}

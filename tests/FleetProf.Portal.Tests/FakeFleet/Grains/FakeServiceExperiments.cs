using FleetProf.Contracts.Comparisons;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Keeps what was started; the second look at it finds it confirmed.</summary>
internal sealed class FakeServiceExperiments : Grain, IServiceExperimentsGrain
{
    private readonly List<Experiment> experiments = [];
    private readonly HashSet<string> lookedAt = [];

    public Task<ExperimentStart> StartAsync(ExperimentRequest request)
    {
        var known = experiments.Find(experiment => experiment.ExperimentId == request.ExperimentId);
        if (known is null && request.Rule != "gen0-budget-small")
        {
            return Task.FromResult(new ExperimentStart { Refusal = $"The rule {request.Rule} does not fire." });
        }

        if (known is null)
        {
            experiments.Add(known = new Experiment
            {
                ExperimentId = request.ExperimentId, Service = this.GetPrimaryKeyString(), Rule = request.Rule, Setting = "DOTNET_GCgen0size", Value = "1000000",
                BaselineFrom = request.From, BaselineTo = request.To, CreatedAt = request.To, CreatedBy = request.RequestedBy,
                Metrics = [new() { Metric = "gc interval", PredictedEffect = 3, PredictedLow = 2.6, PredictedHigh = 3.4 }],
                Sentence = "UNDECIDED: no instance has started with DOTNET_GCgen0size=1000000 since this was foretold.",
            });
        }

        return Task.FromResult(new ExperimentStart { Experiment = known });
    }

    public Task<IReadOnlyList<Experiment>> ListAsync() => Task.FromResult<IReadOnlyList<Experiment>>([.. Enumerable.Reverse(experiments)]);

    public Task<Experiment?> JudgeAsync(string experimentId)
    {
        var found = experiments.Find(experiment => experiment.ExperimentId == experimentId);
        return Task.FromResult(found is null || lookedAt.Add(experimentId) ? found : found with
        {
            Outcome = ExperimentOutcome.Confirmed, Sentence = "CONFIRMED: gc interval was foretold to change by +300 % (+260 % to +340 %); it changed by +310 % (+300 % to +320 %).", DecidedAt = found.CreatedAt,
        });
    }
}

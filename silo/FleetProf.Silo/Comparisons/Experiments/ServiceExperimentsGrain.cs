using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Comparisons.Experiments;

/// <summary>Keeps the experiments of a service. What was foretold is durable before anybody is told to make the change, and is never altered.</summary>
internal sealed partial class ServiceExperimentsGrain(
    [PersistentState("experiments", StorageSetup.ProviderName)] IPersistentState<ServiceExperimentsState> stored,
    ExperimentDecision decision,
    TimeProvider clock,
    ILogger<ServiceExperimentsGrain> logger) : Grain, IServiceExperimentsGrain
{
    private const int MostKept = 100;

    private string Service => this.GetPrimaryKeyString();

    public async Task<ExperimentStart> StartAsync(ExperimentRequest request)
    {
        if (Find(request.ExperimentId) is { } known)
        {
            return new ExperimentStart { Experiment = known };
        }

        var advice = await GrainFactory.GetGrain<IGcPauseQueryGrain>(0).GetAdviceAsync(new() { Service = Service, From = request.From, To = request.To });
        var start = ExperimentPlan.Of(request, advice, clock.GetUtcNow());
        if (start.Experiment is { } experiment)
        {
            await SaveAsync([.. stored.State.Experiments.TakeLast(MostKept - 1), experiment]);
            LogStored(experiment.ExperimentId, Service, experiment.Setting, experiment.Value);
        }

        return start;
    }

    public Task<IReadOnlyList<Experiment>> ListAsync() => Task.FromResult<IReadOnlyList<Experiment>>([.. stored.State.Experiments.Reverse()]);

    public async Task<Experiment?> JudgeAsync(string experimentId)
    {
        if (Find(experimentId) is not { DecidedAt: null } experiment)
        {
            return Find(experimentId);
        }

        var judged = await decision.JudgeAsync(experiment, clock.GetUtcNow());
        if (judged.DecidedAt is not null)
        {
            await ReplaceAsync(judged);
            LogDecided(experimentId, Service, judged.Outcome, judged.Sentence);
        }
        else if (!judged.ChangedInstances.SequenceEqual(experiment.ChangedInstances))
        {
            // Who has made the change is known now; the catalog forgets what they ran with a month after their end.
            await ReplaceAsync(experiment with { ChangedInstances = judged.ChangedInstances });
        }

        return judged;
    }

    private Experiment? Find(string experimentId) => stored.State.Experiments.FirstOrDefault(experiment => experiment.ExperimentId == experimentId);

    private Task ReplaceAsync(Experiment experiment) =>
        SaveAsync([.. stored.State.Experiments.Select(other => other.ExperimentId == experiment.ExperimentId ? experiment : other)]);

    private async Task SaveAsync(IReadOnlyList<Experiment> experiments)
    {
        stored.State = new ServiceExperimentsState { Experiments = experiments };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // Whether it was written is unknown: only a fresh read tells.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Experiment {ExperimentId} of {Service} foretells what {Setting}={Value} will do")]
    private partial void LogStored(string experimentId, string service, string setting, string value);

    [LoggerMessage(Level = LogLevel.Information, Message = "Experiment {ExperimentId} of {Service} is decided, {Outcome}: {Sentence}")]
    private partial void LogDecided(string experimentId, string service, ExperimentOutcome outcome, string sentence);
}

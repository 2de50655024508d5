namespace FleetProf.Contracts.Comparisons;

/// <summary>The experiments of one service: keeps what was foretold and says what became of it. Key: service.</summary>
[Alias("fleetprof.service-experiments")]
public interface IServiceExperimentsGrain : IGrainWithStringKey
{
    /// <summary>Stores what the advice of now foretells, or returns what was stored under this id.</summary>
    [Alias("start")]
    Task<ExperimentStart> StartAsync(ExperimentRequest request);

    /// <summary>As stored, newest first; the hundred newest are kept.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Experiment>> ListAsync();

    /// <summary>Compares what was seen since the change with what had been foretold. Null when unknown.</summary>
    [Alias("judge")]
    Task<Experiment?> JudgeAsync(string experimentId);
}

using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>What comparisons and experiments rest on: captures of their versions or instances, taken in the time that they look at.</summary>
internal sealed class Citations
{
    private const int MostComparisons = 10_000;

    private readonly List<(string Service, string Version, DateTimeOffset From, DateTimeOffset To)> versions = [];
    private readonly List<(string InstanceId, DateTimeOffset From, DateTimeOffset To)> instances = [];

    private Citations()
    {
    }

    /// <summary>Reads them for these services.</summary>
    /// <exception cref="Exception">They cannot be asked: nothing may be deleted then.</exception>
    public static async Task<Citations> ReadAsync(IGrainFactory grains, IEnumerable<string> services, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var citations = new Citations();
        foreach (var comparison in await grains.GetGrain<IComparisonQueryGrain>(0).ListAsync(null, MostComparisons, cancellationToken))
        {
            foreach (var side in (ComparisonSide[])[comparison.Baseline, comparison.Candidate])
            {
                citations.versions.Add((comparison.Service, side.Version, side.From, side.To));
            }
        }

        foreach (var service in services.Where(service => service.Length > 0))
        {
            foreach (var experiment in await grains.GetGrain<IServiceExperimentsGrain>(service).ListAsync())
            {
                citations.instances.AddRange(experiment.BaselineInstances.Select(instance => (instance, experiment.BaselineFrom, experiment.BaselineTo)));
                citations.instances.AddRange(experiment.ChangedInstances.Select(instance => (instance, experiment.CreatedAt, experiment.DecidedAt ?? now)));
            }
        }

        return citations;
    }

    public bool Name(RetainedCapture capture) =>
        versions.Exists(cited => cited.Service == capture.Service && cited.Version == capture.Version && cited.From <= capture.ReceivedAt && capture.ReceivedAt <= cited.To)
        || instances.Exists(cited => cited.InstanceId == capture.InstanceId && cited.From <= capture.ReceivedAt && capture.ReceivedAt <= cited.To);
}

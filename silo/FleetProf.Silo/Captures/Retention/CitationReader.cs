using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>Reads all that may cite a capture: one that is left out would let retention delete what a verdict rests on.</summary>
internal sealed class CitationReader(ComparisonTable comparisons, IGrainFactory grains)
{
    /// <exception cref="Exception">They cannot be asked: nothing may be deleted then.</exception>
    public async Task<Citations> ReadAsync(IReadOnlyList<RetainedCapture> captures, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var cited = await comparisons.ListCitedAsync(captures.Select(capture => (capture.Service, capture.Version)).ToHashSet(), cancellationToken);
        var experiments = new List<Experiment>();
        foreach (var service in captures.Select(capture => capture.Service).Where(service => service.Length > 0).Distinct(StringComparer.Ordinal))
        {
            experiments.AddRange(await grains.GetGrain<IServiceExperimentsGrain>(service).ListAsync());
        }

        return new Citations(cited, experiments, now);
    }
}

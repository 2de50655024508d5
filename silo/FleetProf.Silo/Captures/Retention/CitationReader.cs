using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>
/// Reads all that may cite a capture: one that is left out would let retention delete what a verdict rests on. Comparisons cite for a while only: every
/// deploy makes one, and what none of them ever let go would leave no room for new recordings.
/// </summary>
internal sealed class CitationReader(ComparisonTable comparisons, IGrainFactory grains)
{
    /// <param name="captures">That may be cited.</param>
    /// <param name="now">Ages of comparisons end here.</param>
    /// <param name="keepCited">How long a comparison cites, from when it was made.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Exception">They cannot be asked: nothing may be deleted then.</exception>
    public async Task<Citations> ReadAsync(IReadOnlyList<RetainedCapture> captures, DateTimeOffset now, TimeSpan keepCited, CancellationToken cancellationToken)
    {
        // Who wants to keep all of them for ever may have set more years than there have been.
        var madeAfter = now - DateTimeOffset.MinValue > keepCited ? now - keepCited : DateTimeOffset.MinValue;
        var cited = await comparisons.ListCitedAsync(captures.Select(capture => (capture.Service, capture.Version)).ToHashSet(), madeAfter, cancellationToken);
        var experiments = new List<Experiment>();
        foreach (var service in captures.Select(capture => capture.Service).Where(service => service.Length > 0).Distinct(StringComparer.Ordinal))
        {
            experiments.AddRange(await grains.GetGrain<IServiceExperimentsGrain>(service).ListAsync());
        }

        return new Citations(cited, experiments, now);
    }
}

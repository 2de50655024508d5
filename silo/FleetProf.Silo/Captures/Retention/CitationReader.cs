using System.Collections.Concurrent;
using FleetProf.Contracts;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>
/// Reads all that may cite a capture: one that is left out would let retention delete what a verdict rests on. Comparisons cite for a while only: every
/// deploy makes one, and what none of them ever let go would leave no room for new recordings.
/// </summary>
internal sealed partial class CitationReader(ComparisonTable comparisons, IGrainFactory grains, ILogger<CitationReader> logger)
{
    /// <summary>Services whose experiments cannot be read, and that the log names already.</summary>
    private readonly ConcurrentDictionary<string, bool> told = new(StringComparer.Ordinal);

    /// <param name="captures">That may be cited.</param>
    /// <param name="now">Ages of comparisons end here.</param>
    /// <param name="keepCited">How long a comparison cites, from when it was made.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Exception">They cannot be asked: nothing may be deleted then. Experiments whose stored state is damaged stay so: they cite every capture of their service.</exception>
    public async Task<Citations> ReadAsync(IReadOnlyList<RetainedCapture> captures, DateTimeOffset now, TimeSpan keepCited, CancellationToken cancellationToken)
    {
        // Who wants to keep all of them for ever may have set more years than there have been.
        var madeAfter = now - DateTimeOffset.MinValue > keepCited ? now - keepCited : DateTimeOffset.MinValue;
        var cited = await comparisons.ListCitedAsync(captures.Select(capture => (capture.Service, capture.Version)).ToHashSet(), madeAfter, cancellationToken);
        var experiments = new List<Experiment>();
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in captures.Select(capture => capture.Service).Where(service => service.Length > 0).Distinct(StringComparer.Ordinal))
        {
            try
            {
                experiments.AddRange(await grains.GetGrain<IServiceExperimentsGrain>(service).ListAsync());
                told.TryRemove(service, out _);
            }
            catch (Exception exception) when (StateDamage.In(exception) is { } damage)
            {
                unreadable.Add(service);
                if (told.TryAdd(service, true))
                {
                    LogUnreadable(service, damage);
                }
            }
        }

        return new Citations(cited, experiments, unreadable, now);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The experiments of {Service} cannot be read, so retention keeps all captures of it: {Damage}")]
    private partial void LogUnreadable(string service, string damage);
}

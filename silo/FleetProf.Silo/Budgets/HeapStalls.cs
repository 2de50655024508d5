using FleetProf.Analysis.Budgets;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;

namespace FleetProf.Silo.Budgets;

/// <summary>What earlier heap snapshots of a service say about the stop that the next one causes.</summary>
internal sealed class HeapStalls(CaptureTable captures)
{
    /// <summary>Many more than are looked at: of some services one snapshot after the other is cut, and tells nothing.</summary>
    private const int MostListed = 200;

    public async Task<HeapStallRates> RatesOfAsync(string service, string host, CancellationToken cancellationToken = default)
    {
        var snapshots = await captures.ListAsync(new() { Service = service, Kind = CaptureKind.Gcdump, State = CaptureState.Ready }, MostListed, cancellationToken);
        return HeapStallRates.Of(
            snapshots.Where(capture => capture.Summary is { IsComplete: true }).Select(capture => (capture.Host, capture.StallMs, capture.Summary!.ObjectCount, capture.Summary.HeapBytes)), host);
    }
}

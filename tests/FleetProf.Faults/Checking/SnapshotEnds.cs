using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Checking;

/// <summary>
/// What became of heap snapshots. A guard may refuse one, for the memory that its target has left, for the stop that it would cause, or by the host's policy: that is
/// a legal end, but of a snapshot which met no fault, so that it is told how many there were.
/// </summary>
internal static class SnapshotEnds
{
    public static bool IsRefusal(CaptureKind kind, CaptureFailure failure) =>
        kind == CaptureKind.Gcdump && failure is CaptureFailure.MemoryHeadroomTooSmall or CaptureFailure.StallTooLong or CaptureFailure.RefusedByPolicy;

    /// <summary>One line; null where no snapshot was asked for, as in every history from before there were any.</summary>
    public static string? Line(IReadOnlyList<HistoryEvent> history)
    {
        var campaigns = history.Where(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null, CaptureKind: CaptureKind.Gcdump }).Select(line => line.Campaign!).ToHashSet(StringComparer.Ordinal);
        if (campaigns.Count == 0)
        {
            return null;
        }

        var ends = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null, Campaign: { } campaign } && campaigns.Contains(campaign)).GroupBy(line => line.Capture!).Select(lines => lines.Last()).ToList();
        var refusals = ends.Select(end => end.Failure ?? CaptureFailure.None).Where(failure => IsRefusal(CaptureKind.Gcdump, failure)).CountBy(failure => failure).OrderBy(entry => entry.Key).ToList();
        var reasons = refusals.Count == 0 ? "" : $" ({string.Join(", ", refusals.Select(entry => $"{entry.Key} {entry.Value}"))})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"heap snapshots: {campaigns.Count} campaigns, {ends.Count} captures, {ends.Count(end => end.State == CaptureState.Ready)} ready, {refusals.Sum(entry => entry.Value)} refused by a guard{reasons}");
    }
}

using FleetProf.Contracts.Captures;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Checking;

/// <summary>
/// Whether captures of a service ran at once though they may not. A capture runs for certain while it records: from its start for as long as
/// it was to record, if it lasted so long and was stored; a heap snapshot, which ends by itself, for as long as it stopped its process. When it
/// ended in truth is known less well: an agent says so only when it has heard that its upload arrived, and by then the place is free and
/// another may have begun.
/// </summary>
internal static class ServiceBounds
{
    public static IEnumerable<Violation> Exceeded(IReadOnlyList<HistoryEvent> history)
    {
        var recordings = history.Where(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null, RecordingMs: not null }).GroupBy(line => line.Campaign!).ToDictionary(lines => lines.Key, lines => lines.First().RecordingMs!.Value);
        var stops = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null, RecordingMs: not null }).GroupBy(line => (line.Capture, line.Attempt)).ToDictionary(lines => lines.Key, lines => lines.Max(line => line.RecordingMs!.Value));
        var stored = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null, State: CaptureState.Analysing or CaptureState.Ready }).GroupBy(line => (line.Capture, line.Attempt)).ToDictionary(lines => lines.Key, lines => lines.First().At);
        foreach (var bound in history.Where(line => line is { Kind: HistoryKind.Bound, Service: not null, Count: not null }).DistinctBy(line => line.Service))
        {
            var running = new List<Span>();
            for (var index = 0; index < history.Count; index++)
            {
                if (history[index] is not { Kind: HistoryKind.Started } start || start.Service != bound.Service)
                {
                    continue;
                }

                running.RemoveAll(span => span.Until <= start.At);
                running.Add(new(start, UntilOf(history, index, recordings, stops, stored)));
                if (running.Count > bound.Count)
                {
                    yield return new(Invariant.I5WithinBounds, start.At, $"More than {bound.Count} captures of {bound.Service} run at once: {string.Join(", ", running.Select(span => $"{span.Start.Capture}#{span.Start.Attempt}"))}.");
                }
            }
        }
    }

    /// <summary>Until when the capture that is started in this line ran for certain.</summary>
    private static long UntilOf(IReadOnlyList<HistoryEvent> history, int index, Dictionary<string, long> recordings, Dictionary<(string?, int?), long> stops, Dictionary<(string?, int?), long> stored)
    {
        var start = history[index];
        long? end = null;
        for (var later = index + 1; later < history.Count; later++)
        {
            if (history[later] is { Kind: HistoryKind.Ended } ended ? (ended.Capture, ended.Attempt) == (start.Capture, start.Attempt) : history[later].Kind == HistoryKind.AgentGone && history[later].Agent == start.Agent)
            {
                end = history[later].At;
                break;
            }
        }

        var isStored = stored.TryGetValue((start.Capture, start.Attempt), out var storedAt);
        var over = Math.Min(end ?? history[^1].At, isStored ? storedAt : long.MaxValue);
        var isKnown = recordings.TryGetValue(CaptureId.CampaignOf(start.Capture ?? "") ?? "", out var wanted);
        var recorded = start.At + Math.Max(wanted, stops.GetValueOrDefault((start.Capture, start.Attempt)));
        if (isKnown && over >= recorded && (isStored || end is null))
        {
            return recorded;
        }

        // Cut short, or not stored: its end is a line of an agent, which is heard a little late.
        return over - HistoryChecker.SeenLateMs;
    }

    private sealed record Span(HistoryEvent Start, long Until);
}

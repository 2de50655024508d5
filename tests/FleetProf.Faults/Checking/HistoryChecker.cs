using FleetProf.Contracts.Captures;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Checking;

/// <summary>Reads a history from its first to its last line and tells what does not hold. Pure: the same lines give the same answer, here or from a file.</summary>
internal static class HistoryChecker
{
    /// <summary>How long after its deadline a campaign may still be under way.</summary>
    public const long GraceMs = 60_000;

    /// <summary>Ends and states are seen a little later than they happen: the longest way of a line from an agent to the history.</summary>
    public const long SeenLateMs = 2_000;

    public static IReadOnlyList<Violation> Check(IReadOnlyList<HistoryEvent> history) =>
    [
        .. Lost(history), .. StartedTwice(history), .. Late(history), .. OtherBytes(history), .. TooMany(history), .. LeftSessions(history), .. NotAudited(history),
    ];

    public static bool IsOver(CaptureState? state) => state is CaptureState.Ready or CaptureState.Failed or CaptureState.Quarantined or CaptureState.Cancelled;

    private static IEnumerable<Violation> Lost(IReadOnlyList<HistoryEvent> history)
    {
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        var last = new Dictionary<string, HistoryEvent>(StringComparer.Ordinal);
        foreach (var line in history)
        {
            switch (line.Kind)
            {
                case HistoryKind.Acknowledged when line.Campaign is { } campaign:
                    acknowledged.Add(campaign);
                    break;
                case HistoryKind.Missing when line.Campaign is { } campaign && acknowledged.Contains(campaign):
                    yield return new(Invariant.I1NothingLost, line.At, $"Campaign {campaign} was acknowledged and is not known any more.");
                    break;
                case HistoryKind.Observed when line.Capture is { } capture:
                    if (last.GetValueOrDefault(capture) is { } before && IsLoss(before, line))
                    {
                        yield return new(Invariant.I1NothingLost, line.At, $"Capture {capture} was {before.State} and is {line.State} {line.Failure} now.");
                    }

                    last[capture] = line;
                    break;
            }
        }

        if (history.LastOrDefault(line => line.Kind == HistoryKind.Final) is not { } final)
        {
            yield break;
        }

        foreach (var campaign in acknowledged.Except(last.Values.Select(line => line.Campaign)))
        {
            yield return new(Invariant.I1NothingLost, final.At, $"Campaign {campaign} was acknowledged and was never seen with a capture.");
        }

        var stored = history.Where(line => line.Kind == HistoryKind.Stored).Select(line => line.Capture).ToHashSet();
        foreach (var (capture, _) in last.Where(entry => entry.Value.State == CaptureState.Ready && !stored.Contains(entry.Key)))
        {
            yield return new(Invariant.I1NothingLost, final.At, $"Capture {capture} is ready, and nobody could fetch what it stored.");
        }
    }

    /// <summary>The upload was acknowledged when the capture began to be analysed; only the analysis may fail after that.</summary>
    private static bool IsLoss(HistoryEvent before, HistoryEvent now) => before.State switch
    {
        CaptureState.Ready or CaptureState.Failed or CaptureState.Quarantined or CaptureState.Cancelled => now.State != before.State,
        CaptureState.Analysing => now.State is CaptureState.Pending or CaptureState.Running
            || (now.State == CaptureState.Failed && now.Failure is not (CaptureFailure.AnalysisFailed or CaptureFailure.ArtifactTruncated)),
        _ => false,
    };

    private static IEnumerable<Violation> StartedTwice(IReadOnlyList<HistoryEvent> history) => history
        .Where(line => line.Kind == HistoryKind.Started)
        .GroupBy(line => (line.Capture, line.Attempt))
        .Where(starts => starts.Count() > 1)
        .Select(starts => new Violation(Invariant.I2StartedOnce, starts.Last().At, $"Attempt {starts.Key.Attempt} of {starts.Key.Capture} was started {starts.Count()} times, by {string.Join(" and ", starts.Select(start => start.Agent).Distinct())}."));

    private static IEnumerable<Violation> Late(IReadOnlyList<HistoryEvent> history)
    {
        var end = history.Count == 0 ? 0 : history[^1].At;
        foreach (var campaign in history.Where(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null, DeadlineMs: not null }))
        {
            var limit = campaign.At + campaign.DeadlineMs!.Value + GraceMs;
            foreach (var capture in history.Where(line => line.Kind == HistoryKind.Observed && line.Campaign == campaign.Campaign).GroupBy(line => line.Capture))
            {
                // The record tells when it ended where nobody could look at that time.
                var over = capture.Where(line => IsOver(line.State)).Select(line => (long?)Math.Min(line.At, line.EndedAt ?? long.MaxValue)).FirstOrDefault();
                if (over > limit + SeenLateMs || (over is null && end > limit + SeenLateMs))
                {
                    yield return new(Invariant.I3EndsInTime, over ?? end, $"Capture {capture.Key} should have been over at {limit} ms and was {(over is null ? "never over" : $"over at {over} ms")}.");
                }
            }
        }

        if (history.LastOrDefault(line => line.Kind == HistoryKind.Final) is { } final)
        {
            foreach (var capture in history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null }).GroupBy(line => line.Capture).Where(lines => !IsOver(lines.Last().State)))
            {
                yield return new(Invariant.I3EndsInTime, final.At, $"Capture {capture.Key} is still {capture.Last().State} at the end.");
            }
        }
    }

    private static IEnumerable<Violation> OtherBytes(IReadOnlyList<HistoryEvent> history)
    {
        var reported = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null, Sha256.Length: > 0 }).GroupBy(line => line.Capture!).ToDictionary(lines => lines.Key, lines => lines.Last().Sha256);
        return history.Where(line => line.Kind == HistoryKind.Stored && reported.TryGetValue(line.Capture!, out var sha) && sha != line.Sha256)
            .Select(line => new Violation(Invariant.I4SameBytes, line.At, $"The agent recorded {reported[line.Capture!]} for {line.Capture}, and {(line.Sha256 is { Length: > 0 } ? line.Sha256 : "nothing")} came back."));
    }

    private static IEnumerable<Violation> TooMany(IReadOnlyList<HistoryEvent> history)
    {
        var bounds = new Dictionary<string, int>(StringComparer.Ordinal);
        var running = new Dictionary<(string?, int?), HistoryEvent>();
        var since = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in history)
        {
            switch (line.Kind)
            {
                case HistoryKind.Bound:
                    bounds[line.Service!] = line.Count!.Value;
                    break;
                case HistoryKind.Started:
                    running[(line.Capture, line.Attempt)] = line;
                    break;
                case HistoryKind.Ended:
                    running.Remove((line.Capture, line.Attempt));
                    break;
                case HistoryKind.AgentGone:
                    running.Where(entry => entry.Value.Agent == line.Agent).Select(entry => entry.Key).ToList().ForEach(key => running.Remove(key));
                    break;
            }

            foreach (var (service, bound) in bounds)
            {
                if (running.Values.Count(start => start.Service == service) <= bound)
                {
                    since.Remove(service);
                }
                else if (since.TryAdd(service, line.At) is false && since[service] != long.MaxValue && line.At - since[service] > SeenLateMs)
                {
                    since[service] = long.MaxValue; // Told once.
                    yield return new(Invariant.I5WithinBounds, line.At, $"More than {bound} captures of {service} run at once: {string.Join(", ", running.Values.Where(start => start.Service == service).Select(start => $"{start.Capture}#{start.Attempt}"))}.");
                }
            }
        }
    }

    private static IEnumerable<Violation> LeftSessions(IReadOnlyList<HistoryEvent> history) => history
        .Where(line => line.Kind == HistoryKind.Settled && line.Count != 1)
        .Select(line => new Violation(Invariant.I6NoSessionLeft, line.At, $"{line.Count} sessions remain in {line.Text} of {line.Service}."));

    private static IEnumerable<Violation> NotAudited(IReadOnlyList<HistoryEvent> history)
    {
        if (history.All(line => line.Kind != HistoryKind.Audited))
        {
            return [];
        }

        var audited = history.Where(line => line.Kind == HistoryKind.Audited).Select(line => (line.Operation, line.Text)).ToHashSet();
        return history.Where(line => line is { Kind: HistoryKind.Acknowledged, Operation: not null } && !audited.Contains((line.Operation, line.Text ?? line.Capture ?? line.Campaign)))
            .Select(line => new Violation(Invariant.I7Audited, line.At, $"{line.Operation} of {line.Text ?? line.Capture ?? line.Campaign} was answered and is not in the audit log."));
    }
}

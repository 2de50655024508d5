using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
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

    /// <summary>As <see cref="HistoryEvent.Operation"/> of an observed capture: its files were deleted by retention, for example because the store was full.</summary>
    public const string Removed = "files.removed";

    /// <summary>In <see cref="HistoryEvent.Text"/> of an unanswered wish for a campaign: it was refused, and nothing of it will come.</summary>
    public const string NothingToDraw = "No running instance";

    public static IReadOnlyList<Violation> Check(IReadOnlyList<HistoryEvent> history) =>
    [
        .. Lost(history), .. StartedTwice(history), .. Late(history), .. OtherBytes(history), .. ServiceBounds.Exceeded(history), .. LeftSessions(history), .. SessionReleases.Late(history), .. NotAudited(history),
        .. history.LastOrDefault(line => line.Kind == HistoryKind.Final) is { } final ? [.. AtTheEnd(history, final.At), .. Unknown(history)] : Array.Empty<Violation>(),
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
                        yield return new(Invariant.I1NothingLost, line.At, $"Capture {capture} was {before.State} {before.Failure} and is {line.State} {line.Failure} now.");
                    }

                    last[capture] = line;
                    break;
            }
        }
    }

    /// <summary>What must be there when nothing more comes. A witness that says nothing is no proof that all is well.</summary>
    private static IEnumerable<Violation> AtTheEnd(IReadOnlyList<HistoryEvent> history, long end)
    {
        foreach (var campaign in history.Where(line => line is { Kind: HistoryKind.Acknowledged, Operation: not null, Campaign: not null }).Select(line => line.Campaign!).Distinct())
        {
            if (Vanished(campaign, [.. history.Where(line => line.Campaign == campaign)]) is { } problem)
            {
                yield return new(Invariant.I1NothingLost, end, problem);
            }
        }

        var ready = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null }).GroupBy(line => line.Capture!).Select(lines => lines.Last()).Where(line => line.State == CaptureState.Ready).ToList();
        var looked = history.Select((line, index) => (line, index)).Where(at => at.line.Kind == HistoryKind.Looked).GroupBy(at => at.line.Campaign!).ToDictionary(lines => lines.Key, lines => lines.Last().index);
        var ever = history.Where(line => line is { Kind: HistoryKind.Stored, Capture: not null, Sha256.Length: > 0 }).Select(line => line.Capture!).ToHashSet();
        var again = history.Where((line, index) => line is { Kind: HistoryKind.Stored, Capture: not null } && index > looked.GetValueOrDefault(line.Campaign ?? "", -1)).Select(line => line.Capture!).ToHashSet();
        var started = history.Where(line => line.Kind == HistoryKind.Started).Select(line => (line.Capture, line.Attempt)).ToHashSet();
        foreach (var capture in ready)
        {
            if (!(capture.Operation == Removed ? ever : again).Contains(capture.Capture!))
            {
                yield return new(Invariant.I1NothingLost, end, $"Capture {capture.Capture} is ready, and nobody could fetch what it stored.");
            }

            if (!started.Contains((capture.Capture, capture.Attempt)))
            {
                yield return new(Invariant.I2StartedOnce, end, $"Attempt {capture.Attempt} of {capture.Capture} is ready, and no agent said that it began.");
            }

            if (capture.Sha256 is not { Length: > 0 })
            {
                yield return new(Invariant.I4SameBytes, end, $"Capture {capture.Capture} is ready, and no hash of it was reported.");
            }
        }

        // What an agent says that it began, against what the silo stored before it ordered it.
        var ordered = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null }).GroupBy(line => line.Capture!).ToDictionary(lines => lines.Key, lines => lines.Max(line => line.Attempt ?? 0));
        foreach (var start in history.Where(line => line is { Kind: HistoryKind.Started, Capture: not null }))
        {
            if (ordered.TryGetValue(start.Capture!, out var last) && start.Attempt > last)
            {
                yield return new(Invariant.I2StartedOnce, start.At, $"{start.Agent} began attempt {start.Attempt} of {start.Capture}, and the catalog knows of {last}.");
            }
        }
    }

    /// <summary>
    /// Starts of captures that no campaign was ever seen with. A campaign that was asked for and never answered may have been taken all the same: nobody looks at it,
    /// and as many as there are of these may have captures that nobody knows.
    /// </summary>
    private static IEnumerable<Violation> Unknown(IReadOnlyList<HistoryEvent> history)
    {
        var seen = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null }).Select(line => line.Capture!).ToHashSet();
        var acknowledged = history.Where(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null }).Select(line => line.Campaign!).ToHashSet();
        var keys = history.Where(line => line is { Kind: HistoryKind.Invoked, Text: not null }).Select(line => line.Text!).Distinct().Count();
        var refused = history.Count(line => line is { Kind: HistoryKind.Unanswered, Text: { } text } && text.Contains(NothingToDraw, StringComparison.Ordinal));
        var starts = history.Where(line => line is { Kind: HistoryKind.Started, Capture: not null } && !seen.Contains(line.Capture!)).ToList();
        var strangers = starts.Select(CampaignOf).Where(campaign => !acknowledged.Contains(campaign)).Distinct().Count();
        return starts.Where(start => acknowledged.Contains(CampaignOf(start)) || strangers > keys - acknowledged.Count - refused)
            .Select(start => new Violation(Invariant.I2StartedOnce, start.At, $"{start.Agent} began attempt {start.Attempt} of {start.Capture}, which no campaign has."));

        static string CampaignOf(HistoryEvent start) => CaptureId.CampaignOf(start.Capture!) ?? start.Capture!;
    }

    /// <summary>What is wrong with the set of captures of a campaign; null when it is whole, or when the campaign as a whole is said to be unknown.</summary>
    private static string? Vanished(string campaign, IReadOnlyList<HistoryEvent> lines)
    {
        var observed = lines.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null }).ToList();
        if (observed.Count == 0)
        {
            return $"Campaign {campaign} was acknowledged and was never seen with a capture.";
        }

        if (lines.Any(line => line.Kind == HistoryKind.Missing))
        {
            return null;
        }

        var wanted = observed.Max(line => line.Count ?? 0);
        var known = observed.Select(line => line.Capture).Distinct().Count();
        return lines.LastOrDefault(line => line.Kind == HistoryKind.Looked) is not { } looked
            ? $"Campaign {campaign} was acknowledged and could not be looked at again at the end."
            : known != wanted || looked.Count != wanted || observed.Any(line => line.Count != wanted)
                ? $"Campaign {campaign} had {wanted} captures, {known} were ever seen, and {looked.Count} are there at the end."
                : null;
    }

    /// <summary>What is over is over once, and for one reason. The upload was acknowledged when the capture began to be analysed; only the analysis may fail after that.</summary>
    private static bool IsLoss(HistoryEvent before, HistoryEvent now) => before.State switch
    {
        CaptureState.Ready or CaptureState.Failed or CaptureState.Quarantined or CaptureState.Cancelled => now.State != before.State || (now.Failure ?? CaptureFailure.None) != (before.Failure ?? CaptureFailure.None),
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

            foreach (var campaign in history.Where(line => line is { Kind: HistoryKind.Looked, CampaignState: < CampaignState.Completed }))
            {
                yield return new(Invariant.I3EndsInTime, final.At, $"Campaign {campaign.Campaign} is still {campaign.CampaignState} at the end.");
            }
        }
    }

    private static IEnumerable<Violation> OtherBytes(IReadOnlyList<HistoryEvent> history)
    {
        var reported = history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null, Sha256.Length: > 0 }).GroupBy(line => line.Capture!).ToDictionary(lines => lines.Key, lines => lines.Last().Sha256);
        return history.Where(line => line.Kind == HistoryKind.Stored && reported.TryGetValue(line.Capture!, out var sha) && sha != line.Sha256)
            .Select(line => new Violation(Invariant.I4SameBytes, line.At, $"The agent recorded {reported[line.Capture!]} for {line.Capture}, and {(line.Sha256 is { Length: > 0 } ? line.Sha256 : "nothing")} came back."));
    }

    private static IEnumerable<Violation> LeftSessions(IReadOnlyList<HistoryEvent> history) => history
        .Where(line => line.Kind == HistoryKind.Settled && line.Count != 1)
        .Select(line => new Violation(Invariant.I6NoSessionLeft, line.At, $"{line.Count} sessions remain in {line.Text} of {line.Service}."));

    private static IEnumerable<Violation> NotAudited(IReadOnlyList<HistoryEvent> history)
    {
        var audited = history.Where(line => line.Kind == HistoryKind.Audited).ToList();
        if (audited.Count == 0)
        {
            // It is read at the end only.
            return history.LastOrDefault(line => line.Kind == HistoryKind.Final) is { } final ? [new(Invariant.I7Audited, final.At, "The audit log has not one row.")] : [];
        }

        var allowed = audited.Where(line => line.Decision == AuditDecision.Allowed).CountBy(line => (line.Operation, line.Text)).ToDictionary();
        var denied = audited.Where(line => line.Decision == AuditDecision.Denied).CountBy(line => line.Text ?? "").ToDictionary();
        return
        [
            .. history.Where(line => line is { Kind: HistoryKind.Acknowledged, Operation: not null }).GroupBy(line => (line.Operation, line.Text ?? line.Capture ?? line.Campaign))
                .Where(answers => answers.Count() > allowed.GetValueOrDefault(answers.Key))
                .Select(answers => new Violation(Invariant.I7Audited, answers.Last().At, $"{answers.Key.Operation} of {answers.Key.Item2} was answered {answers.Count()} times and is {allowed.GetValueOrDefault(answers.Key)} times in the audit log as allowed.")),
            .. history.Where(line => line.Kind == HistoryKind.Denied).GroupBy(line => line.Text ?? "")
                .Where(refusals => refusals.Count() > denied.GetValueOrDefault(refusals.Key))
                .Select(refusals => new Violation(Invariant.I7Audited, refusals.Last().At, $"{refusals.Key} was refused {refusals.Count()} times and is {denied.GetValueOrDefault(refusals.Key)} times in the audit log as denied.")),
        ];
    }
}

using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>How a target changes; pure. A target that does not change comes back as the same object.</summary>
internal static class TargetTransitions
{
    private const int MaxRetryDelays = 5;

    /// <summary>The longest wait for a host's place of a capture that may wait for its pause for hours anyway.</summary>
    private static readonly TimeSpan MaxArmedRetryDelay = TimeSpan.FromMinutes(1);

    /// <summary>The intent to start: from here on the agent may have been told.</summary>
    public static StoredTarget Start(this StoredTarget target, DateTimeOffset now, CampaignOptions options) => target with
    {
        State = CaptureState.Running,
        Phase = CapturePhase.Queued,
        Attempt = target.Attempt + 1,
        StartedAt = now,
        Detail = null,
        LeaseUntil = now + options.StartWindow + TimeSpan.FromSeconds(target.TotalSeconds) + options.SilenceLimit,
        LostAt = null,
    };

    /// <summary>What came of handing out an attempt. Only answers that rule out that it started lead to another one.</summary>
    public static StoredTarget Answer(this StoredTarget target, int attempt, CaptureFailure answer, DateTimeOffset now, CampaignOptions options)
    {
        if (target.State != CaptureState.Running || target.Attempt != attempt)
        {
            return target;
        }

        var wait = target.RetryDelay(attempt, answer, options);
        var waiting = target with { State = CaptureState.Pending, Phase = CapturePhase.Unknown, StartedAt = null, NotBefore = now + wait };
        return answer switch
        {
            CaptureFailure.None => target.UnreachableSince is null ? target : target with { UnreachableSince = null },
            CaptureFailure.Busy => waiting with { UnreachableSince = null },
            CaptureFailure.AgentUnreachable => waiting with { UnreachableSince = target.UnreachableSince ?? now },
            CaptureFailure.Cancelled => target.Cancel("It had not started.", now),
            _ => target.Fail(answer, null, now),
        };
    }

    /// <summary>A sign of life of the current attempt.</summary>
    public static StoredTarget See(this StoredTarget target, CaptureProgressReport progress, DateTimeOffset seenAt, DateTimeOffset now, CampaignOptions options)
    {
        if (target.State != CaptureState.Running || target.Attempt != progress.Attempt)
        {
            return target;
        }

        // A stopped capture gets no more time, however lively it is; and not every sign of life is worth a write: the limit may come a quarter early.
        var isExtended = target.StoppedBy is null && !target.IsPastDeadline
            && target.LeaseUntil - now < options.SilenceLimit * 0.75 && target.LeaseUntil < seenAt + options.SilenceLimit;
        return isExtended || target.LostAt is not null
            ? target.Show(progress) with { LostAt = null, LeaseUntil = isExtended ? seenAt + options.SilenceLimit : target.LeaseUntil }
            : target;
    }

    /// <summary>Carries progress along with a step that is written anyway.</summary>
    public static StoredTarget Show(this StoredTarget target, CaptureProgressReport progress) =>
        target.IsFinal || target.State == CaptureState.Pending || target.Attempt != progress.Attempt
            ? target
            : target with
            {
                // What was uploaded goes no further, and its agent has said how long it took.
                Phase = target.State == CaptureState.Analysing ? target.Phase : progress.Phase,
                DoneSeconds = target.HasResult ? target.DoneSeconds : progress.DoneSeconds,
                TotalSeconds = progress.TotalSeconds > 0 ? progress.TotalSeconds : target.TotalSeconds,
                SizeBytes = target.HasResult ? target.SizeBytes : progress.Bytes,
            };

    /// <summary>The agent's final word on the current attempt; a second one changes nothing.</summary>
    public static StoredTarget Report(this StoredTarget target, CaptureReport report, DateTimeOffset now, CampaignOptions options)
    {
        if (target.HasResult || target.State is CaptureState.Pending or CaptureState.Failed or CaptureState.Cancelled)
        {
            return target;
        }

        // The host's one place was taken, as only the agent knew: nothing began, as with an order that was answered so.
        if (target.State == CaptureState.Running && report is { Failure: CaptureFailure.Busy, Sha256.Length: 0 })
        {
            // Why it waits stays with it: the deadline may come before the host has a place, or before its owner's rest is over.
            var answered = target.Answer(report.Attempt, CaptureFailure.Busy, now, options);
            return answered.State == CaptureState.Pending ? answered with { Detail = report.Detail } : answered;
        }

        var reported = target with
        {
            HasResult = true,
            Sha256 = report.Sha256,
            SizeBytes = report.SizeBytes,
            IsPartial = report.IsPartial,
            IsBiased = report.IsBiased,
            StallMs = report.StallMs,
            DoneSeconds = report.CollectedSeconds,
            Trigger = report.Trigger,
        };
        if (target.State != CaptureState.Running)
        {
            return reported;
        }

        // What was recorded before the target ended or a limit came is a result; the reason stays with it.
        var isUsable = report.Failure == CaptureFailure.None || (report.IsPartial && report.Sha256.Length > 0);
        return isUsable
            ? reported.Arrive(now, options) with { Detail = report.Failure == CaptureFailure.None ? report.Detail : $"{report.Failure}: {report.Detail}".TrimEnd(' ', ':') }
            : report.Failure == CaptureFailure.Cancelled
                ? reported.Cancel(report.Detail, now)
                : reported.Fail(report.Failure, report.Detail, now);
    }

    /// <summary>The whole artifact is durable, though its agent never said so.</summary>
    public static StoredTarget Find(this StoredTarget target, string sha256, long sizeBytes, DateTimeOffset now, CampaignOptions options) =>
        target.State == CaptureState.Running
            ? (target with { Sha256 = sha256, SizeBytes = sizeBytes }).Arrive(now, options)
            : target with { LeaseUntil = now + options.AnalysisCheck };

    /// <summary>
    /// The outcome of the analysis of the current attempt; a second one changes nothing. The agent's word comes before it as a rule; an agent that is shut
    /// out or gone says nothing any more, and its artifact is here: it does not hold its service's place as long as one that may still record.
    /// </summary>
    public static StoredTarget Analyse(this StoredTarget target, AnalysisReport report, DateTimeOffset now, CampaignOptions options)
    {
        if (target.HasAnalysis || target.State is not (CaptureState.Running or CaptureState.Analysing))
        {
            return target;
        }

        var analysed = target with { HasAnalysis = true, AnalysisFailure = report.Failure, AnalysisDetail = report.Detail, Summary = report.Summary };
        return target.State == CaptureState.Analysing ? analysed.Finish(now) : analysed with { LeaseUntil = Earlier(target.LeaseUntil, now + options.LostGrace) };
    }

    /// <summary>Somebody wants it to stop.</summary>
    public static StoredTarget Stop(this StoredTarget target, string requestedBy, DateTimeOffset now, CampaignOptions options) =>
        target.StoppedBy is not null || target.State > CaptureState.Running
            ? target
            : target with { StoppedBy = requestedBy, LeaseUntil = Earlier(target.LeaseUntil, now + options.StopGrace) };

    /// <summary>Its agent was shut out, or has lost its process to another, and will hardly tell what became of it: it has as long as for a stop. What has not begun never will.</summary>
    public static StoredTarget ShutOut(this StoredTarget target, DateTimeOffset now, CampaignOptions options) => target.State switch
    {
        CaptureState.Pending when !(target.UnreachableSince <= now - options.UnreachableGrace) => target with { UnreachableSince = now - options.UnreachableGrace },
        CaptureState.Running when target.LeaseUntil > now + options.StopGrace => target with { LeaseUntil = now + options.StopGrace },
        _ => target,
    };

    /// <summary>The deadline has come: what runs is given the time to end in order.</summary>
    public static StoredTarget Expire(this StoredTarget target, DateTimeOffset now, CampaignOptions options) =>
        target.IsPastDeadline || target.State != CaptureState.Running
            ? target
            : target with { IsPastDeadline = true, LeaseUntil = Earlier(target.LeaseUntil, now + options.StopGrace) };

    /// <summary>The agent connected again, with or without this attempt.</summary>
    public static StoredTarget Attach(this StoredTarget target, bool isRunningThere, DateTimeOffset now, CampaignOptions options) => (target.State, isRunningThere) switch
    {
        (CaptureState.Running, true) => target.LostAt is null ? target : target with { LostAt = null },
        (CaptureState.Running, false) => target with { LostAt = target.LostAt ?? now + options.LostGrace },
        _ => target,
    };

    /// <summary>
    /// The silo was away: its agents could neither report nor be reached, and get the time to. Whose agent is shut out is known apart from this, and gets none.
    /// </summary>
    public static StoredTarget Return(this StoredTarget target, DateTimeOffset now, CampaignOptions options) => target.State switch
    {
        CaptureState.Pending when target.UnreachableSince < now => target with { UnreachableSince = now },
        CaptureState.Running when target.LeaseUntil < now + options.ReturnGrace =>
            target with { LeaseUntil = now + options.ReturnGrace, LostAt = target.LostAt is null ? null : now + options.LostGrace },
        _ => target,
    };

    /// <summary>Ends without word from the agent.</summary>
    /// <param name="target">Whose capture.</param>
    /// <param name="end">Why.</param>
    /// <param name="now">When.</param>
    /// <param name="silence">Why its agent says nothing; null where nobody knows.</param>
    public static StoredTarget End(this StoredTarget target, TargetEnd end, DateTimeOffset now, string? silence = null) => end switch
    {
        TargetEnd.TimedOut or TargetEnd.AgentLost or TargetEnd.AgentUnreachable when silence is not null => target.Fail(CaptureFailure.AgentUnreachable, silence, now),
        TargetEnd.StopUnconfirmed when silence is not null => target.Cancel(silence, now),
        TargetEnd.ExpiredRunning when silence is not null => target.Fail(CaptureFailure.Expired, $"It was running when the deadline came. {silence}", now),
        TargetEnd.Stopped => target.Cancel("It had not started.", now),
        TargetEnd.StopUnconfirmed => target.Cancel("The agent did not confirm that it stopped.", now),
        TargetEnd.Expired => target.Fail(CaptureFailure.Expired, $"It had not started. {target.Detail}".TrimEnd(), now),
        TargetEnd.ExpiredRunning => target.Fail(CaptureFailure.Expired, "It was running when the deadline came.", now),
        TargetEnd.TimedOut => target.Fail(CaptureFailure.TimedOut, "Neither progress nor a result came from the agent.", now),
        TargetEnd.AgentLost => target.Fail(CaptureFailure.AgentLost, null, now),
        TargetEnd.AgentUnreachable => target.Fail(CaptureFailure.AgentUnreachable, null, now),
        TargetEnd.AnalysisOverdue => target.Fail(CaptureFailure.UploadInterrupted, "The agent reported success, but its artifact is not in the store.", now),
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, "An end without a transition."),
    };

    /// <summary>
    /// Another capture may hold the host for minutes: asking less and less often costs at most a few seconds. One that waits for a pause may hold it for hours, and
    /// each time that a second one asks the whole campaign is stored.
    /// </summary>
    private static TimeSpan RetryDelay(this StoredTarget target, int attempt, CaptureFailure answer, CampaignOptions options)
    {
        var longest = answer == CaptureFailure.Busy && target.WhenPauseOverMs is not null ? MaxArmedRetryDelay : options.RetryDelay * MaxRetryDelays;
        var wait = options.RetryDelay * attempt;
        return wait < longest ? wait : longest;
    }

    private static StoredTarget Arrive(this StoredTarget target, DateTimeOffset now, CampaignOptions options)
    {
        var arrived = target with { State = CaptureState.Analysing, Phase = CapturePhase.Analysing, LostAt = null, LeaseUntil = now + options.AnalysisCheck };
        return arrived.HasAnalysis ? arrived.Finish(now) : arrived;
    }

    /// <summary>A cut recording that could be read is a result: its summary says that it is not complete.</summary>
    private static StoredTarget Finish(this StoredTarget target, DateTimeOffset now)
    {
        var isReadable = target.AnalysisFailure == CaptureFailure.None
            || (target.AnalysisFailure == CaptureFailure.ArtifactTruncated && target.Summary is not null);
        return isReadable
            ? target with { State = CaptureState.Ready, Failure = CaptureFailure.None, Detail = target.Detail ?? target.AnalysisDetail, EndedAt = now }
            : target.AnalysisFailure == CaptureFailure.Quarantined
                ? target with { State = CaptureState.Quarantined, Failure = CaptureFailure.Quarantined, Detail = target.AnalysisDetail, EndedAt = now }
                : target.Fail(target.AnalysisFailure, target.AnalysisDetail, now);
    }

    private static StoredTarget Fail(this StoredTarget target, CaptureFailure failure, string? detail, DateTimeOffset now) =>
        target with { State = CaptureState.Failed, Failure = failure, Detail = detail, EndedAt = now };

    private static StoredTarget Cancel(this StoredTarget target, string? detail, DateTimeOffset now) => target.IsPastDeadline && target.StoppedBy is null
        ? target.Fail(CaptureFailure.Expired, "It was running when the deadline came.", now)
        : target with
        {
            State = CaptureState.Cancelled,
            Failure = CaptureFailure.Cancelled,
            Detail = string.Join(' ', new[] { target.StoppedBy is null ? null : $"Stopped by {target.StoppedBy}.", detail }.Where(part => !string.IsNullOrEmpty(part))),
            EndedAt = now,
        };

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}

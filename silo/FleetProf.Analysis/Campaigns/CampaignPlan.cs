namespace FleetProf.Analysis.Campaigns;

/// <summary>
/// The next step of a campaign, from its state and the time alone. Planning twice without doing anything in between gives
/// the same step, so a step that was lost with its process is simply planned again.
/// </summary>
public static class CampaignPlan
{
    public static PlannedStep Next(PlanInput input)
    {
        var isPastDeadline = input.Now >= input.Deadline
            && input.Targets.Any(target => target.Stage is TargetStage.Pending or TargetStage.Running);
        var ends = input.Targets
            .Select(target => EndOf(target, input) is { } end ? new EndedTarget(target.CaptureId, end) : null)
            .OfType<EndedTarget>()
            .ToList();
        var ended = ends.Select(end => end.CaptureId).ToHashSet();
        var open = input.Targets.Where(target => target.Stage != TargetStage.Final && !ended.Contains(target.CaptureId)).ToList();
        return new PlannedStep
        {
            Ends = ends,
            Cancels = [.. open.Where(target => IsToBeCancelled(target, input)).Select(target => target.CaptureId)],
            Starts = isPastDeadline ? [] : StartsOf(open, input),
            IsPastDeadline = isPastDeadline,
            WakeAt = open.Count == 0 ? null : open.Min(target => DueAt(target, input)),
        };
    }

    private static TargetEnd? EndOf(PlannedTarget target, PlanInput input)
    {
        var isExpired = input.Now >= input.Deadline;
        return target.Stage switch
        {
            TargetStage.Pending when target.IsStopped => TargetEnd.Stopped,
            TargetStage.Pending when isExpired => TargetEnd.Expired,
            TargetStage.Pending when target.UnreachableSince + input.UnreachableGrace <= input.Now => TargetEnd.AgentUnreachable,
            TargetStage.Running when target.LostAt <= input.Now => target.IsStopped ? TargetEnd.StopUnconfirmed : TargetEnd.AgentLost,
            TargetStage.Running when target.LeaseUntil <= input.Now =>
                target.IsStopped ? TargetEnd.StopUnconfirmed : isExpired ? TargetEnd.ExpiredRunning : TargetEnd.TimedOut,
            TargetStage.Analysing when target.LeaseUntil <= input.Now => TargetEnd.AnalysisOverdue,
            _ => null,
        };
    }

    private static bool IsToBeCancelled(PlannedTarget target, PlanInput input) =>
        target.Stage == TargetStage.Running
        && (target.IsStopped || input.Now >= input.Deadline)
        && !(target.CancelAgainAt > input.Now);

    /// <summary>Within the service's bound, one per agent, and the kinds of an instance in their order.</summary>
    private static List<string> StartsOf(List<PlannedTarget> open, PlanInput input)
    {
        var running = open.Where(target => target.Stage == TargetStage.Running).ToList();
        var busyAgents = running.Select(target => target.AgentId).ToHashSet();
        var places = new Dictionary<string, int>();
        foreach (var target in running)
        {
            places[target.Service] = places.GetValueOrDefault(target.Service, input.MaxConcurrentPerService) - 1;
        }

        var starts = new List<string>();
        var waiting = new HashSet<string>();
        foreach (var target in open.Where(target => target.Stage == TargetStage.Pending))
        {
            var isNextOfInstance = waiting.Add(target.InstanceId);
            var free = places.GetValueOrDefault(target.Service, input.MaxConcurrentPerService);
            if (isNextOfInstance && target.NotBefore <= input.Now && !(target.NotAfter < input.Now) && free > 0 && busyAgents.Add(target.AgentId))
            {
                places[target.Service] = free - 1;
                starts.Add(target.CaptureId);
            }
        }

        return starts;
    }

    private static DateTimeOffset DueAt(PlannedTarget target, PlanInput input)
    {
        var deadline = input.Now < input.Deadline ? input.Deadline : DateTimeOffset.MaxValue;
        return target.Stage switch
        {
            // One that only waits for a place is woken by whoever frees it.
            TargetStage.Pending => Earliest(deadline, target.NotBefore > input.Now ? target.NotBefore : null, target.UnreachableSince + input.UnreachableGrace),
            TargetStage.Running => Earliest(deadline, target.LeaseUntil, target.LostAt, target.CancelAgainAt),
            _ => target.LeaseUntil,
        };
    }

    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        var earliest = DateTimeOffset.MaxValue;
        foreach (var time in times)
        {
            earliest = time < earliest ? time.Value : earliest;
        }

        return earliest;
    }
}

using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>A stored campaign as others see it: callers, lists, the planner.</summary>
internal static class CampaignViews
{
    /// <param name="campaign">What is durable.</param>
    /// <param name="campaignId">Its key.</param>
    /// <param name="progress">Latest progress by capture, which is in memory only.</param>
    public static Campaign ToCampaign(this StoredCampaign campaign, string campaignId, IReadOnlyDictionary<string, CaptureProgressReport> progress) => new()
    {
        CampaignId = campaignId,
        Spec = campaign.Spec!,
        State = campaign.State,
        CreatedAt = campaign.CreatedAt,
        EndedAt = campaign.EndedAt,
        Seed = campaign.Seed,
        PopulationSize = campaign.PopulationSize,
        Targets = [.. campaign.Targets.Select(target => ToTarget(progress.TryGetValue(target.CaptureId, out var report) ? target.Show(report) : target))],
        ParentId = campaign.ParentId,
        NextRunAt = campaign.NextRunAt,
        RunIds = campaign.RunIds,
        LastProblem = campaign.LastProblem,
    };

    public static CampaignRow ToRow(this StoredCampaign campaign, string campaignId) => new()
    {
        CampaignId = campaignId,
        Name = campaign.Spec!.Name,
        State = campaign.State,
        CreatedAt = campaign.CreatedAt,
        EndedAt = campaign.EndedAt,
        Services = campaign.Targets.Count > 0
            ? [.. campaign.Targets.Select(target => target.Service).Distinct().Order(StringComparer.Ordinal)]
            : campaign.Spec.Selector.Services,
        Kinds = campaign.Spec.Kinds,
        TargetCount = campaign.Targets.Count,
        ReadyCount = campaign.Targets.Count(target => target.State == CaptureState.Ready),
        FailedCount = campaign.Targets.Count(target => target.State > CaptureState.Ready),
        Cron = campaign.Spec.Cron,
        RequestedBy = campaign.Spec.RequestedBy,
        ParentId = campaign.ParentId,
    };

    public static Capture ToCapture(this StoredCampaign campaign, string campaignId, StoredTarget target) => new()
    {
        CaptureId = target.CaptureId,
        CampaignId = campaignId,
        InstanceId = target.InstanceId,
        Service = target.Service,
        Version = target.Version,
        Host = target.Host,
        Kind = target.Kind,
        State = target.State,
        Phase = target.Phase,
        Failure = target.Failure,
        Detail = target.Detail,
        Attempt = target.Attempt,
        InclusionProbability = target.InclusionProbability,
        RequestedAt = campaign.CreatedAt,
        StartedAt = target.StartedAt,
        EndedAt = target.EndedAt,
        DurationSeconds = campaign.Spec!.DurationSeconds,
        Sha256 = target.Sha256,
        SizeBytes = target.SizeBytes,
        IsPartial = target.IsPartial,
        IsBiased = target.IsBiased,
        StallMs = target.StallMs,
        RequestedBy = campaign.Spec.RequestedBy,
        Reason = campaign.Spec.Reason,
        Summary = target.Summary,
        DoneSeconds = target.DoneSeconds,
        TotalSeconds = target.TotalSeconds,
        WhenPauseOverMs = target.WhenPauseOverMs,
        Trigger = target.Trigger,
    };

    /// <param name="campaign">What is durable.</param>
    /// <param name="cancelAgainAt">When agents that were told to stop are told again, by capture.</param>
    /// <param name="now">The moment to plan for.</param>
    /// <param name="options">Patience.</param>
    public static PlanInput ToPlanInput(this StoredCampaign campaign, IReadOnlyDictionary<string, DateTimeOffset> cancelAgainAt, DateTimeOffset now, CampaignOptions options) => new()
    {
        Now = now,
        Deadline = campaign.DeadlineAt,
        MaxConcurrentPerService = campaign.Spec!.MaxConcurrentPerService,
        UnreachableGrace = options.UnreachableGrace,
        Targets = [.. campaign.Targets.Select(target => new PlannedTarget
        {
            CaptureId = target.CaptureId,
            InstanceId = target.InstanceId,
            Service = target.Service,
            AgentId = target.AgentId,
            Stage = StageOf(target.State),
            NotBefore = target.NotBefore,
            NotAfter = target.WhenPauseOverMs is null ? null : ArmedTime.LatestStart(campaign.DeadlineAt, campaign.Spec.DurationSeconds),
            UnreachableSince = target.UnreachableSince,
            LeaseUntil = target.LeaseUntil,
            LostAt = target.LostAt,
            IsStopped = target.StoppedBy is not null,
            CancelAgainAt = cancelAgainAt.TryGetValue(target.CaptureId, out var at) ? at : null,
        })],
    };

    /// <summary>Attempts of a target that an agent runs though the campaign has given them up.</summary>
    public static IEnumerable<int> StaleAttempts(StoredTarget target, IEnumerable<string> runningCaptures)
    {
        var isGivenUp = target.State is CaptureState.Pending or CaptureState.Failed or CaptureState.Cancelled;
        foreach (var name in runningCaptures.Where(name => name.StartsWith(target.CaptureId + "#", StringComparison.Ordinal)))
        {
            if (int.TryParse(name.AsSpan(target.CaptureId.Length + 1), out var attempt) && (isGivenUp || attempt != target.Attempt))
            {
                yield return attempt;
            }
        }
    }

    private static TargetStage StageOf(CaptureState state) => state switch
    {
        CaptureState.Pending => TargetStage.Pending,
        CaptureState.Running => TargetStage.Running,
        CaptureState.Analysing => TargetStage.Analysing,
        _ => TargetStage.Final,
    };

    private static CampaignTarget ToTarget(StoredTarget target) => new()
    {
        CaptureId = target.CaptureId,
        InstanceId = target.InstanceId,
        Service = target.Service,
        Version = target.Version,
        Host = target.Host,
        AgentId = target.AgentId,
        Kind = target.Kind,
        InclusionProbability = target.InclusionProbability,
        State = target.State,
        Phase = target.Phase,
        DoneSeconds = target.DoneSeconds,
        TotalSeconds = target.TotalSeconds,
        Bytes = target.SizeBytes,
        Attempt = target.Attempt,
        Failure = target.Failure,
        Detail = target.Detail,
        WhenPauseOverMs = target.WhenPauseOverMs,
    };
}

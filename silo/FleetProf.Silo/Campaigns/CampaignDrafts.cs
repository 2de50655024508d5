using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Campaigns;

/// <summary>Turns specs into checked drafts and drafts into draws over what runs now.</summary>
internal sealed class CampaignDrafts(CampaignCandidates candidates, IOptions<CampaignOptions> options, TimeProvider clock)
{
    /// <summary>Checks a spec against one moment of the fleet.</summary>
    public CheckedDraft Check(CampaignSpec spec) => Check(spec, []);

    /// <summary>The same for somebody who asks now, and can ask again: where it fits as soon as agents that are just coming back are there, that is all that is wrong with it.</summary>
    public CheckedDraft CheckAsked(CampaignSpec spec) => Check(spec, candidates.ListLost(options.Value.RunTolerance));

    /// <summary>How many that could be drawn cannot be reached since less than this, and may be back soon.</summary>
    public int CountLost(CampaignSpec spec, TimeSpan within) => DraftCheck.Population(ToDraft(spec), candidates.ListLost(within).Select(CampaignCandidates.ToFleetInstance)).Count;

    /// <summary>Draws from the population of a checked draft: each drawn instance once per kind, in the order of the kinds.</summary>
    public static IReadOnlyList<StoredTarget> Draw(string campaignId, CampaignSpec spec, CheckedDraft draft, long seed)
    {
        var instances = draft.Population.ToDictionary(instance => instance.InstanceId);
        var drawn = Analysis.Campaigns.Draw.Of(draft.Population.Select(ToCandidate), draft.Draft.Rule, seed);
        return [.. drawn.SelectMany(target => spec.Kinds.Select(kind => (target, kind)))
            .Select((entry, ordinal) => ToTarget(CaptureId.Of(campaignId, ordinal + 1), instances[entry.target.InstanceId], entry.kind, entry.target.InclusionProbability, spec))];
    }

    public static DrawCandidate ToCandidate(Instance instance) => new(instance.InstanceId, instance.Service, instance.Version);

    /// <param name="spec">Is checked.</param>
    /// <param name="lost">Listed before those that run, so that one that comes back meanwhile is in one of both.</param>
    private CheckedDraft Check(CampaignSpec spec, IEnumerable<Instance> lost)
    {
        var draft = ToDraft(spec);
        var instances = candidates.List();
        var fleet = instances.Values.Select(CampaignCandidates.ToFleetInstance).ToList();
        var missing = lost.Where(instance => !instances.ContainsKey(instance.InstanceId)).Select(CampaignCandidates.ToFleetInstance).ToList();
        var lostCount = DraftCheck.Population(draft, missing).Count;
        var problems = DraftCheck.Problems(draft, fleet);
        var isWaiting = false;
        if (problems.Count > 0 && lostCount > 0)
        {
            problems = DraftCheck.Problems(draft, [.. fleet, .. missing]);
            isWaiting = problems.Count == 0;
        }

        return new CheckedDraft
        {
            Draft = draft,
            Problems = isWaiting ? [Returning(lostCount)] : [.. problems.Select(problem => new CampaignProblem { Field = problem.Field, Message = problem.Message })],
            Population = [.. DraftCheck.Population(draft, fleet).Select(instance => instances[instance.InstanceId])],
            LostCount = lostCount,
        };
    }

    private static CampaignProblem Returning(int count) => new()
    {
        Field = CampaignProblem.Returning,
        Message = $"{(count == 1 ? "1 instance that fits was there until a moment ago, and its agent is" : $"{count} instances that fit were there until a moment ago, and their agents are")} not back yet. Try again in a few seconds.",
    };

    private CampaignDraft ToDraft(CampaignSpec spec) => new()
    {
        Name = spec.Name,
        Services = spec.Selector.Services,
        Version = spec.Selector.Version,
        Labels = spec.Selector.Labels,
        InstanceIds = spec.Selector.InstanceIds,
        Kinds = [.. spec.Kinds.Select(kind => Enum.IsDefined(kind) ? kind.ToString() : null)],
        SampleSize = spec.SampleSize,
        SampleFraction = spec.SampleFraction,
        DurationSeconds = spec.DurationSeconds,
        MaxConcurrentPerService = spec.MaxConcurrentPerService,
        Deadline = spec.Deadline,
        MaxBytes = spec.MaxBytes,
        Reason = spec.Reason,
        WhenPauseOverMs = spec.WhenPauseOverMs,
        MaxStallMs = spec.MaxStallMs,
        CronProblem = CronSchedule.ProblemOf(spec.Cron, clock.GetUtcNow()),
    };

    private static StoredTarget ToTarget(string captureId, Instance instance, CaptureKind kind, double inclusionProbability, CampaignSpec spec) => new()
    {
        CaptureId = captureId,
        InstanceId = instance.InstanceId,
        Service = instance.Service,
        Version = instance.Version,
        Host = instance.Host,
        AgentId = instance.AgentId,
        Kind = kind,
        InclusionProbability = inclusionProbability,
        TotalSeconds = kind is CaptureKind.Gcdump or CaptureKind.Goroutines ? 0 : spec.DurationSeconds,
        WhenPauseOverMs = spec.WhenPauseOverMs,
    };
}

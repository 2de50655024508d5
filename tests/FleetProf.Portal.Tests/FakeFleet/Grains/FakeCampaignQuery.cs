using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeCampaignQuery(FakeWorld world) : Grain, ICampaignQueryGrain
{
    /// <summary>A service whose agents are all just coming back, and what the silo says of it.</summary>
    public const string Returning = "returning-to-us";

    public const string ReturningText = "2 instances that fit were there until a moment ago, and their agents are not back yet. Try again in a few seconds.";

    public static IReadOnlyList<Instance> Population(FakeWorld world, CampaignSpec spec) =>
    [
        .. world.Fleet.All().Where(instance => instance.State == InstanceState.Running
            && (spec.Selector.Services.Count == 0 ? spec.Selector.InstanceIds.Count > 0 : spec.Selector.Services.Contains(instance.Service))
            && (spec.Selector.InstanceIds.Count == 0 || spec.Selector.InstanceIds.Contains(instance.InstanceId))
            && (spec.Selector.Version is null || instance.Version == spec.Selector.Version)
            && spec.Selector.Labels.All(label => instance.Labels.GetValueOrDefault(label.Key) == label.Value)),
    ];

    public static IReadOnlyList<CampaignProblem> Problems(FakeWorld world, CampaignSpec spec) => [.. FindProblems(world, spec)];

    public Task<IReadOnlyList<CampaignRow>> ListAsync(int limit, CancellationToken cancellationToken = default)
    {
        var now = world.Clock.GetUtcNow();
        return Task.FromResult<IReadOnlyList<CampaignRow>>([.. world.Campaigns.Values.Select(campaign => campaign.RowAt(now)).OrderByDescending(row => row.CreatedAt).Take(limit)]);
    }

    public Task<CampaignPreview> PreviewAsync(CampaignSpec spec, CancellationToken cancellationToken = default)
    {
        var population = Population(world, spec);
        var services = population.GroupBy(instance => instance.Service).Select(service => new CampaignPreviewService
        {
            Service = service.Key,
            PopulationSize = service.Count(),
            SampleSize = Math.Min(service.Count(), spec.SampleSize ?? Math.Max(1, (int)(service.Count() * (spec.SampleFraction ?? 0)))),
        }).ToArray();
        return Task.FromResult(new CampaignPreview
        {
            Problems = Problems(world, spec),
            Services = services,
            Candidates = [.. population.Take(200).Select(instance => CandidateOf(instance, services.Single(service => service.Service == instance.Service)))],
            PopulationSize = population.Count,
            CaptureCount = services.Sum(service => service.SampleSize) * spec.Kinds.Count,
            EstimatedTime = TimeSpan.FromSeconds(services.Sum(service => service.SampleSize) * (spec.DurationSeconds + 6)),
        });
    }

    private static CampaignCandidate CandidateOf(Instance instance, CampaignPreviewService service) => new()
    {
        InstanceId = instance.InstanceId,
        Service = instance.Service,
        Version = instance.Version,
        Host = instance.Host,
        AgentId = instance.AgentId,
        InclusionProbability = service.SampleSize / (double)service.PopulationSize,
    };

    private static IEnumerable<CampaignProblem> FindProblems(FakeWorld world, CampaignSpec spec)
    {
        if (spec.Selector.Services.Contains(Returning))
        {
            yield return new() { Field = CampaignProblem.Returning, Message = ReturningText };
            yield break;
        }

        foreach (var service in spec.Selector.Services.Where(service => world.Fleet.All().All(instance => instance.Service != service)))
        {
            yield return new() { Field = "selector.services", Message = $"No running instance of '{service}' is known. List services and choose one of them." };
        }

        if (Population(world, spec).Count == 0)
        {
            yield return new() { Field = spec.Selector.InstanceIds.Count > 0 ? "selector.instanceIds" : "selector", Message = "No running instance matches. Widen the selector." };
        }

        if (spec.Kinds.Count == 0)
        {
            yield return new() { Field = "kinds", Message = "Choose at least one of trace, alloc, gcdump, gc, goroutines." };
        }

        if (spec.DurationSeconds is < 1 or > 300)
        {
            yield return new() { Field = "durationSeconds", Message = "Choose 1 to 300 seconds." };
        }

        if (spec.SampleSize is null == spec.SampleFraction is null || spec.SampleSize < 1)
        {
            yield return new() { Field = "sampleSize", Message = "Give either a sample size of at least 1 or a sample fraction." };
        }
    }
}

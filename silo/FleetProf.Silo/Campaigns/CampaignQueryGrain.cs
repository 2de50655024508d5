using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Budgets;
using Orleans.Concurrency;

namespace FleetProf.Silo.Campaigns;

/// <summary>Lists campaigns from the catalog and previews draws over what runs now.</summary>
[StatelessWorker]
internal sealed class CampaignQueryGrain(CampaignTable table, CampaignDrafts drafts, HoldBoard holds) : Grain, ICampaignQueryGrain
{
    private const int MaxRows = 1_000;
    private const int MaxCandidates = 200;

    public Task<IReadOnlyList<CampaignRow>> ListAsync(int limit, CancellationToken cancellationToken = default) =>
        table.ListAsync(Math.Clamp(limit, 1, MaxRows), cancellationToken);

    public async Task<CampaignPreview> PreviewAsync(CampaignSpec spec, CancellationToken cancellationToken = default)
    {
        var draft = drafts.CheckAsked(spec);
        var services = draft.Population.GroupBy(instance => instance.Service).OrderBy(service => service.Key, StringComparer.Ordinal).ToList();
        var sizes = services.ToDictionary(service => service.Key, service => draft.Draft.Rule.SizeOf(service.Count()));
        var hold = draft.Problems.Count > 0 ? null : HoldBoard.First(await holds.CurrentAsync(), sizes.Keys);
        return new CampaignPreview
        {
            Problems = hold is null ? draft.Problems : [CampaignGrain.ToProblem(hold)],
            Services = [.. services.Select(service => new CampaignPreviewService { Service = service.Key, PopulationSize = service.Count(), SampleSize = sizes[service.Key] })],
            Candidates = [.. services.SelectMany(service => service.OrderBy(instance => instance.Host, StringComparer.Ordinal).ThenBy(instance => instance.InstanceId, StringComparer.Ordinal)
                .Select(instance => ToCandidate(instance, (double)sizes[service.Key] / service.Count()))).Take(MaxCandidates)],
            PopulationSize = draft.Population.Count,
            CaptureCount = sizes.Values.Sum() * spec.Kinds.Count,
            // Nobody knows when the pause comes.
            EstimatedTime = spec.WhenPauseOverMs is not null ? spec.Deadline : CampaignEstimate.Of(
                [.. services.Select(service => AgentsOfDraw(service, sizes[service.Key]))],
                [.. spec.Kinds.Select(kind => kind is CaptureKind.Gcdump or CaptureKind.Goroutines ? (TimeSpan?)null : TimeSpan.FromSeconds(spec.DurationSeconds))],
                spec.MaxConcurrentPerService),
        };
    }

    /// <summary>Nobody is drawn yet: agents in turn, as an even draw would take them.</summary>
    private static string[] AgentsOfDraw(IEnumerable<Instance> service, int size) =>
    [
        .. service.GroupBy(instance => instance.AgentId).SelectMany(agent => agent.Select((_, round) => (round, agent.Key)))
            .OrderBy(entry => entry.round).Take(size).Select(entry => entry.Key),
    ];

    private static CampaignCandidate ToCandidate(Instance instance, double inclusionProbability) => new()
    {
        InstanceId = instance.InstanceId,
        Service = instance.Service,
        Version = instance.Version,
        Host = instance.Host,
        AgentId = instance.AgentId,
        InclusionProbability = inclusionProbability,
    };
}

using FleetProf.Contracts;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeCampaignGrain(FakeWorld world) : Grain, ICampaignGrain
{
    /// <summary>The id of one whose state cannot be read, and what the silo says of it.</summary>
    public const string Damaged = "01k0000000000000000damaged";

    public const string DamageText = "State campaign of campaign/x cannot be read. Restore the newest backup that has it.";

    /// <summary>The id of one that is asked for while the silo's database is away, and what the silo says of it.</summary>
    public const string WithoutDatabase = "01k0000000000000000000away";

    public const string OutageText = "PostgreSQL fleetprof at db.internal does not answer. Start the server, or check Host and Port of FleetProf:Silo:Database.";

    private string Id => this.GetPrimaryKeyString();

    private FakeCampaign? Known => world.Campaigns.GetValueOrDefault(Id);

    public Task<CampaignCreation> CreateAsync(CampaignSpec spec, string? parentId, CancellationToken cancellationToken = default)
    {
        if (world.Holds.Values.FirstOrDefault(hold => spec.Selector.Services.Any(hold.Covers)) is { } hold)
        {
            return Task.FromResult(new CampaignCreation { Problems = [new() { Field = CaptureHold.Field, Message = $"{hold.Sentence} {hold.Way}" }] });
        }

        var problems = FakeCampaignQuery.Problems(world, spec);
        if (Known is null && problems.Count > 0)
        {
            return Task.FromResult(new CampaignCreation { Problems = problems });
        }

        var campaign = world.Campaigns.GetOrAdd(Id, id => new(id, spec, world.Clock.GetUtcNow(), FakeCampaignQuery.Population(world, spec)));
        return world.LostAnswers.TryRemove(spec.Name, out _)
            ? throw new SiloUnavailableException("The answer is lost.")
            : Task.FromResult(new CampaignCreation { Campaign = campaign.At(world.Clock.GetUtcNow()) });
    }

    public Task<Campaign?> GetAsync(CancellationToken cancellationToken = default) => Id switch
    {
        Damaged => throw StateDamage.Of(DamageText),
        WithoutDatabase => throw CatalogOutage.Of(OutageText),
        _ => Task.FromResult(Known?.At(world.Clock.GetUtcNow())),
    };

    public async Task<Campaign?> GetOneAsync(string captureId, CancellationToken cancellationToken = default) =>
        await GetAsync(cancellationToken) is { } campaign && campaign.Targets.FirstOrDefault(target => target.CaptureId == captureId) is { } target ? campaign with { Targets = [target] } : null;

    public Task<Campaign?> StopAsync(string requestedBy, CancellationToken cancellationToken = default)
    {
        Known?.Stop(world.Clock.GetUtcNow());
        return GetAsync(cancellationToken);
    }

    public Task<bool> StopTargetAsync(string captureId, string requestedBy, CancellationToken cancellationToken = default) =>
        Task.FromResult(Known?.StopTarget(captureId, world.Clock.GetUtcNow()) ?? false);

    public Task ReportProgressAsync(CaptureProgressReport report) => Task.CompletedTask;

    public Task<bool> ReportResultAsync(CaptureReport report) => Task.FromResult(false);

    public Task ReportAnalysisAsync(AnalysisReport report) => Task.CompletedTask;

    public Task ObeyHoldAsync() => Task.CompletedTask;

    public Task AgentAttachedAsync(string agentId, IReadOnlyList<string> runningCaptures) => Task.CompletedTask;
}

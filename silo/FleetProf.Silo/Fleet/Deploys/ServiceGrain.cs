using FleetProf.Analysis.Fleet;
using FleetProf.Contracts.Fleet;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Fleet.Deploys;

/// <summary>
/// Sequences what happens to one service. Its memory is the catalog: versions, deploys and the promise of a comparison are
/// written in one transaction; <see cref="DeployPlans"/> keeps the promise.
/// </summary>
internal sealed partial class ServiceGrain(
    DeployTable table,
    DeployPlans plans,
    IOptions<DeployOptions> options,
    TimeProvider clock,
    ILogger<ServiceGrain> logger) : Grain, IServiceGrain
{
    /// <summary>Reminders, which comparisons wait by, do not reach further than some weeks.</summary>
    private static readonly TimeSpan FurthestStart = TimeSpan.FromDays(7);

    private Dictionary<(string Environment, string Version), KnownVersion> versions = [];

    private string Service => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        versions = (await table.ListVersionsAsync(Service)).ToDictionary(version => (version.Environment, version.Version));

    public async Task SeenAsync(IReadOnlyList<ServiceSighting> sightings)
    {
        var outcome = DeployRecognition.Recognise(
            versions.Values, sightings.Select(sighting => new VersionSighting(sighting.Environment, sighting.Version, sighting.StartedAt)));
        if (outcome.Changed.Count == 0)
        {
            return;
        }

        var rows = new List<DeployRow>();
        foreach (var finding in outcome.Deploys)
        {
            rows.Add(await RowOfSightingAsync(DeployRecognition.Weigh(finding, await table.ListPresenceAsync(Service, finding.StartedAt))));
        }

        await SaveAsync(outcome.Changed, rows);
    }

    public async Task<Deploy> AnnounceDeployAsync(DeployAnnouncement announcement)
    {
        // The catalog keeps milliseconds: finer parts must not make a repeated announcement a second deploy.
        var startedAt = DateTimeOffset.FromUnixTimeMilliseconds(announcement.StartedAt.ToUnixTimeMilliseconds());
        var recorded = await table.ListOfVersionAsync(Service, announcement.Environment, announcement.Version);
        var match = DeployMatching.OfAnnouncement(recorded.Select(row => row.ToRecorded()), startedAt);
        var row = recorded.FirstOrDefault(candidate => candidate.DeployId == match?.DeployId) ?? await NewAnnouncedAsync(announcement, startedAt);
        row.AnnouncedAt = startedAt.ToUnixTimeMilliseconds();
        row.Source = announcement.Source;
        row.FinishedAt = announcement.FinishedAt?.ToUnixTimeMilliseconds() ?? row.FinishedAt;
        row.CommitId = announcement.Commit ?? row.CommitId;
        row.Link = announcement.Link ?? row.Link;
        await SaveAsync([], [row]);
        return row.ToDeploy();
    }

    private async Task<DeployRow> RowOfSightingAsync(DeployFinding finding)
    {
        var recorded = await table.ListOfVersionAsync(Service, finding.Environment, finding.Version);
        var match = DeployMatching.OfFirstSighting(recorded.Select(row => row.ToRecorded()));
        var row = recorded.FirstOrDefault(candidate => candidate.DeployId == match?.DeployId) ?? New(finding, announcedAt: null);
        row.PreviousVersion = finding.PreviousVersion;
        row.SeenAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        row.ComparisonDueAt = DueAt(finding);
        return row;
    }

    private async Task<DeployRow> NewAnnouncedAsync(DeployAnnouncement announcement, DateTimeOffset startedAt)
    {
        var presence = await table.ListPresenceAsync(Service, startedAt);
        var finding = DeployRecognition.Announced(versions.Values, presence, announcement.Environment, announcement.Version, startedAt);
        if (finding.PreviousVersion == finding.Version && versions[(finding.Environment, finding.Version)].LatestStartedAt >= startedAt
            && await table.FindVersionBeforeAsync(Service, finding.Environment, startedAt) is { } replaced
            && DeployRecognition.MayHaveRun(presence, finding.Environment, replaced))
        {
            // Its first processes may have been seen before it was announced: then it seems to run already, and only the deploy before tells what it replaces.
            finding = finding with { PreviousVersion = replaced };
        }

        var row = New(finding, startedAt.ToUnixTimeMilliseconds());
        if (versions.ContainsKey((announcement.Environment, announcement.Version)))
        {
            // A known version once more, for example a rollback: agents will not call it new, so it is planned here.
            row.SeenAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
            row.ComparisonDueAt = DueAt(finding);
        }

        return row;
    }

    private DeployRow New(DeployFinding finding, long? announcedAt) => new()
    {
        DeployId = DeployIds.Deploy(Service, finding.Environment, finding.Version, announcedAt),
        Service = Service,
        Environment = finding.Environment,
        Version = finding.Version,
        PreviousVersion = finding.PreviousVersion,
        StartedAt = finding.StartedAt.ToUnixTimeMilliseconds(),
    };

    /// <summary>A deploy that is noticed late has no data before it was noticed: its soak begins then. One announced for the far future is a wrong clock.</summary>
    private long? DueAt(DeployFinding finding)
    {
        var now = clock.GetUtcNow();
        var latest = now + FurthestStart;
        var begin = finding.StartedAt < now ? now : finding.StartedAt > latest ? latest : finding.StartedAt;
        return finding.IsComparable ? (begin + options.Value.Soak).ToUnixTimeMilliseconds() : null;
    }

    private async Task SaveAsync(IReadOnlyList<KnownVersion> changed, List<DeployRow> rows)
    {
        try
        {
            await table.SaveAsync(Service, changed, rows);
        }
        catch
        {
            // Whether it was written is unknown: only a fresh read tells. Where it was, the planner finds it by itself.
            DeactivateOnIdle();
            throw;
        }

        foreach (var version in changed)
        {
            versions[(version.Environment, version.Version)] = version;
        }

        foreach (var row in rows)
        {
            FleetInstruments.DeployRecorded(row.AnnouncedAt is not null);
            LogDeploy(Service, row.Version, row.PreviousVersion, row.Environment, row.Source);
        }

        if (rows.Any(row => row.ComparisonDueAt is not null && row.IsPlanned == 0))
        {
            plans.Wake();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deploy of {Service}: version {Version} after '{PreviousVersion}' in environment '{Environment}', told by {Source}")]
    private partial void LogDeploy(string service, string version, string previousVersion, string environment, string source);
}

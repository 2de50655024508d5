using System.Data.Common;
using System.Text.Json;
using Dapper;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Campaigns;

/// <summary>Table campaigns, and with it the captures of one step. Repeating a write changes nothing, an older one neither.</summary>
internal sealed class CampaignTable(CatalogDatabase database)
{
    /// <summary>Writes a campaign and those of its captures that changed, all or nothing.</summary>
    public Task WriteAsync(CampaignRow campaign, IReadOnlyCollection<Capture> captures, long revision) => database.WriteAsync((connection, transaction) =>
    {
        Upsert(connection, transaction, campaign, revision);
        return CaptureTable.Upsert(connection, transaction, captures, revision);
    });

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<CampaignRow>> ListAsync(int limit, CancellationToken cancellationToken = default)
    {
        // All services of a campaign must be the caller's, which is not asked of the database: there the rows are read until there are enough.
        var scope = CallScope.Current;
        return await database.ReadAsync<IReadOnlyList<CampaignRow>>(
            connection =>
            [
                .. connection.Query<Row>(
                    $"""
                    SELECT campaign_id AS CampaignId, name AS Name, state AS State, created_at AS CreatedAt, ended_at AS EndedAt, services_json AS ServicesJson,
                           kinds_json AS KindsJson, target_count AS TargetCount, ready_count AS ReadyCount, failed_count AS FailedCount, cron AS Cron,
                           requested_by AS RequestedBy, parent_id AS ParentId
                    FROM campaigns ORDER BY created_at DESC, campaign_id DESC {(scope is null ? "LIMIT @limit" : "")}
                    """,
                    new { limit },
                    buffered: scope is null).Select(row => row.ToCampaignRow()).Where(campaign => scope is null || (campaign.Services.Count > 0 && campaign.Services.All(scope.Covers))).Take(limit),
            ],
            cancellationToken);
    }

    /// <summary>Id and services of those that run, no services where they cannot be read; a campaign that was created a moment ago may be missing.</summary>
    public Task<IReadOnlyList<(string CampaignId, IReadOnlyList<string> Services)>> ListRunningAsync(CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<(string, IReadOnlyList<string>)>>(
            connection =>
            [
                .. connection.Query<(string Id, string ServicesJson)>("SELECT campaign_id, services_json FROM campaigns WHERE state = @running", new { running = (long)CampaignState.Running })
                    .Select(row => (row.Id, StoredJson.Read<IReadOnlyList<string>>(row.ServicesJson, Cell(row.Id, "services_json"), () => []))),
            ],
            cancellationToken);

    private static CellName Cell(string campaignId, string column) => new("campaigns", "campaign_id", campaignId, column);

    private static void Upsert(DbConnection connection, DbTransaction transaction, CampaignRow campaign, long revision) => connection.ExecuteEach(
        """
        INSERT INTO campaigns (campaign_id, revision, name, state, created_at, ended_at, services_json, kinds_json, target_count, ready_count, failed_count, cron, requested_by, parent_id)
        VALUES (@CampaignId, @revision, @Name, @State, @CreatedAt, @EndedAt, @ServicesJson, @KindsJson, @TargetCount, @ReadyCount, @FailedCount, @Cron, @RequestedBy, @ParentId)
        ON CONFLICT (campaign_id) DO UPDATE SET
            revision = excluded.revision, state = excluded.state, ended_at = excluded.ended_at, services_json = excluded.services_json,
            target_count = excluded.target_count, ready_count = excluded.ready_count, failed_count = excluded.failed_count
        WHERE excluded.revision > campaigns.revision
        """,
        [new
        {
            campaign.CampaignId,
            revision,
            campaign.Name,
            campaign.State,
            CreatedAt = campaign.CreatedAt.ToUnixTimeMilliseconds(),
            EndedAt = campaign.EndedAt?.ToUnixTimeMilliseconds(),
            ServicesJson = JsonSerializer.Serialize(campaign.Services),
            KindsJson = JsonSerializer.Serialize(campaign.Kinds),
            campaign.TargetCount,
            campaign.ReadyCount,
            campaign.FailedCount,
            campaign.Cron,
            campaign.RequestedBy,
            campaign.ParentId,
        }],
        transaction);

    private sealed class Row
    {
        public string CampaignId { get; init; } = "";
        public string Name { get; init; } = "";
        public long State { get; init; }
        public long CreatedAt { get; init; }
        public long? EndedAt { get; init; }
        public string ServicesJson { get; init; } = "[]";
        public string KindsJson { get; init; } = "[]";
        public long TargetCount { get; init; }
        public long ReadyCount { get; init; }
        public long FailedCount { get; init; }
        public string? Cron { get; init; }
        public string RequestedBy { get; init; } = "";
        public string? ParentId { get; init; }

        public CampaignRow ToCampaignRow() => new()
        {
            CampaignId = CampaignId,
            Name = Name,
            State = (CampaignState)State,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            EndedAt = EndedAt is { } ended ? DateTimeOffset.FromUnixTimeMilliseconds(ended) : null,
            Services = StoredJson.Texts(ServicesJson, Cell(CampaignId, "services_json")),
            Kinds = StoredJson.Read<List<CaptureKind>>(KindsJson, Cell(CampaignId, "kinds_json"), () => []),
            TargetCount = (int)TargetCount,
            ReadyCount = (int)ReadyCount,
            FailedCount = (int)FailedCount,
            Cron = Cron,
            RequestedBy = RequestedBy,
            ParentId = ParentId,
        };
    }
}

using System.Data.Common;
using System.Text.Json;
using Dapper;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Captures;

/// <summary>Table captures: what lists show. Campaigns write it; the truth is theirs.</summary>
internal sealed class CaptureTable(CatalogDatabase database)
{
    // A capture whose agent never reported has its size and checksum from the artifact that arrived.
    private const string Select = """
        SELECT c.capture_id AS CaptureId, c.campaign_id AS CampaignId, c.instance_id AS InstanceId, c.service AS Service, c.version AS Version, c.host AS Host,
               c.kind AS Kind, c.state AS State, c.phase AS Phase, c.failure AS Failure, c.detail AS Detail, c.attempt AS Attempt,
               c.inclusion_probability AS InclusionProbability, c.requested_at AS RequestedAt, c.started_at AS StartedAt, c.ended_at AS EndedAt,
               c.duration_seconds AS DurationSeconds, COALESCE(NULLIF(c.sha256, ''), a.sha256, '') AS Sha256,
               CASE WHEN c.sha256 = '' THEN COALESCE(a.size_bytes, c.size_bytes) ELSE c.size_bytes END AS SizeBytes,
               c.is_partial AS IsPartial, c.is_biased AS IsBiased, c.stall_ms AS StallMs, c.requested_by AS RequestedBy, c.reason AS Reason,
               c.summary_json AS SummaryJson, c.done_seconds AS DoneSeconds, c.total_seconds AS TotalSeconds,
               c.when_pause_over_ms AS WhenPauseOverMs, c.trigger_json AS TriggerJson,
               a.removed_at AS RemovedAt, a.removal_reason AS RemovalReason, p.pinned_by AS PinnedBy
        FROM captures c LEFT JOIN artifacts a ON a.capture_id = c.capture_id AND a.attempt = c.attempt
            LEFT JOIN capture_pins p ON p.capture_id = c.capture_id AND p.source = 'person'
        """;

    /// <summary>Inside of the transaction of a campaign's step; rows of a later step stay as they are. Progress comes again within a step.</summary>
    public static int Upsert(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<Capture> captures, long revision) => connection.ExecuteEach(
        """
        INSERT INTO captures (capture_id, campaign_id, revision, instance_id, service, version, host, kind, state, phase, failure, detail, attempt,
            inclusion_probability, requested_at, started_at, ended_at, duration_seconds, sha256, size_bytes, is_partial, is_biased, stall_ms,
            requested_by, reason, summary_json, done_seconds, total_seconds, when_pause_over_ms, trigger_json)
        VALUES (@CaptureId, @CampaignId, @Revision, @InstanceId, @Service, @Version, @Host, @Kind, @State, @Phase, @Failure, @Detail, @Attempt,
            @InclusionProbability, @RequestedAt, @StartedAt, @EndedAt, @DurationSeconds, @Sha256, @SizeBytes, @IsPartial, @IsBiased, @StallMs,
            @RequestedBy, @Reason, @SummaryJson, @DoneSeconds, @TotalSeconds, @WhenPauseOverMs, @TriggerJson)
        ON CONFLICT (capture_id) DO UPDATE SET
            revision = excluded.revision, state = excluded.state, phase = excluded.phase, failure = excluded.failure, detail = excluded.detail,
            attempt = excluded.attempt, started_at = excluded.started_at, ended_at = excluded.ended_at, sha256 = excluded.sha256,
            size_bytes = excluded.size_bytes, is_partial = excluded.is_partial, is_biased = excluded.is_biased, stall_ms = excluded.stall_ms,
            summary_json = excluded.summary_json, done_seconds = excluded.done_seconds, total_seconds = excluded.total_seconds,
            trigger_json = excluded.trigger_json
        WHERE excluded.revision >= captures.revision
        """,
        captures.Select(capture => ToParameters(capture, revision)),
        transaction);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Capture>> ListAsync(CaptureFilter filter, int limit, CancellationToken cancellationToken = default)
    {
        var conditions = new (string Sql, bool IsGiven)[]
        {
            ("c.service = @Service", filter.Service is not null),
            ("c.campaign_id = @CampaignId", filter.CampaignId is not null),
            ("c.instance_id = @InstanceId", filter.InstanceId is not null),
            ("c.kind = @Kind", filter.Kind is not null),
            ("c.state = @State", filter.State is not null),
            ("c.requested_at >= @From", filter.From is not null),
            ("c.requested_at <= @To", filter.To is not null),
        };
        var parameters = new DynamicParameters(new
        {
            filter.Service,
            filter.CampaignId,
            filter.InstanceId,
            filter.Kind,
            filter.State,
            From = filter.From?.ToUnixTimeMilliseconds(),
            To = filter.To?.ToUnixTimeMilliseconds(),
            limit,
        });
        var given = conditions.Where(condition => condition.IsGiven).Select(condition => condition.Sql).ToList();
        if (CallScope.Condition("c.service", parameters) is { } scope)
        {
            given.Add(scope);
        }

        var where = given.Count == 0 ? "" : $" WHERE {string.Join(" AND ", given)}";
        var rows = await database.ReadAsync(
            connection => connection.Query<Row>($"{Select}{where} ORDER BY c.requested_at DESC, c.capture_id DESC LIMIT @limit", parameters).AsList(), cancellationToken);
        return [.. rows.Select(row => row.ToCapture())];
    }

    /// <summary>Null when unknown.</summary>
    public async Task<Capture?> FindAsync(string captureId, CancellationToken cancellationToken = default) => (await database.ReadAsync(
        connection => connection.QueryFirstOrDefault<Row>(Select + " WHERE c.capture_id = @captureId", new { captureId }), cancellationToken))?.ToCapture();

    private static object ToParameters(Capture capture, long revision) => new
    {
        capture.CaptureId,
        capture.CampaignId,
        Revision = revision,
        capture.InstanceId,
        capture.Service,
        capture.Version,
        capture.Host,
        capture.Kind,
        capture.State,
        capture.Phase,
        capture.Failure,
        capture.Detail,
        capture.Attempt,
        capture.InclusionProbability,
        RequestedAt = capture.RequestedAt.ToUnixTimeMilliseconds(),
        StartedAt = capture.StartedAt?.ToUnixTimeMilliseconds(),
        EndedAt = capture.EndedAt?.ToUnixTimeMilliseconds(),
        capture.DurationSeconds,
        capture.Sha256,
        capture.SizeBytes,
        IsPartial = capture.IsPartial ? 1 : 0,
        IsBiased = capture.IsBiased ? 1 : 0,
        capture.StallMs,
        capture.RequestedBy,
        capture.Reason,
        SummaryJson = capture.Summary is null ? null : JsonSerializer.Serialize(capture.Summary, CaptureSummaryJson.Options),
        capture.DoneSeconds,
        capture.TotalSeconds,
        capture.WhenPauseOverMs,
        TriggerJson = capture.Trigger is null ? null : JsonSerializer.Serialize(capture.Trigger, CaptureSummaryJson.Options),
    };

    private sealed class Row
    {
        public string CaptureId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string InstanceId { get; init; } = "";
        public string Service { get; init; } = "";
        public string Version { get; init; } = "";
        public string Host { get; init; } = "";
        public long Kind { get; init; }
        public long State { get; init; }
        public long Phase { get; init; }
        public long Failure { get; init; }
        public string? Detail { get; init; }
        public long Attempt { get; init; }
        public double InclusionProbability { get; init; }
        public long RequestedAt { get; init; }
        public long? StartedAt { get; init; }
        public long? EndedAt { get; init; }
        public long DurationSeconds { get; init; }
        public string Sha256 { get; init; } = "";
        public long SizeBytes { get; init; }
        public long IsPartial { get; init; }
        public long IsBiased { get; init; }
        public double StallMs { get; init; }
        public string RequestedBy { get; init; } = "";
        public string Reason { get; init; } = "";
        public string? SummaryJson { get; init; }
        public long DoneSeconds { get; init; }
        public long TotalSeconds { get; init; }
        public double? WhenPauseOverMs { get; init; }
        public string? TriggerJson { get; init; }
        public long? RemovedAt { get; init; }
        public long? RemovalReason { get; init; }
        public string? PinnedBy { get; init; }

        public Capture ToCapture() => new()
        {
            CaptureId = CaptureId,
            CampaignId = CampaignId,
            InstanceId = InstanceId,
            Service = Service,
            Version = Version,
            Host = Host,
            Kind = (CaptureKind)Kind,
            State = (CaptureState)State,
            Phase = (CapturePhase)Phase,
            Failure = (CaptureFailure)Failure,
            Detail = Detail,
            Attempt = (int)Attempt,
            InclusionProbability = InclusionProbability,
            RequestedAt = TimeOf(RequestedAt)!.Value,
            StartedAt = TimeOf(StartedAt),
            EndedAt = TimeOf(EndedAt),
            DurationSeconds = (int)DurationSeconds,
            Sha256 = Sha256,
            SizeBytes = SizeBytes,
            IsPartial = IsPartial != 0,
            IsBiased = IsBiased != 0,
            StallMs = StallMs,
            RequestedBy = RequestedBy,
            Reason = Reason,
            Summary = StoredJson.ReadOptional<CaptureSummary>(SummaryJson, Cell("summary_json"), CaptureSummaryJson.Options),
            DoneSeconds = (int)DoneSeconds,
            TotalSeconds = (int)TotalSeconds,
            WhenPauseOverMs = WhenPauseOverMs,
            RemovedAt = TimeOf(RemovedAt),
            RemovedBecause = (RemovalReason)(RemovalReason ?? 0),
            PinnedBy = PinnedBy,
            Trigger = StoredJson.ReadOptional<TriggerPause>(TriggerJson, Cell("trigger_json"), CaptureSummaryJson.Options),
        };

        private CellName Cell(string column) => new("captures", "capture_id", CaptureId, column);

        private static DateTimeOffset? TimeOf(long? unixMilliseconds) => unixMilliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
    }
}

using Dapper;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>Pins, and the removal of files as the catalog knows it. Every write is durable when it returns, and repeating it changes nothing.</summary>
internal sealed class RetentionTable(CatalogDatabase database, TimeProvider clock)
{
    private const string Person = "person";

    /// <summary>So long after the time that it names a comparison has its row at the latest, by the clock of another silo.</summary>
    private static readonly TimeSpan LateRow = TimeSpan.FromMinutes(1);

    /// <summary>All captures that have files, in no order.</summary>
    public Task<IReadOnlyList<RetainedCapture>> ListAsync(CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        return database.ReadAsync<IReadOnlyList<RetainedCapture>>(
            connection => [.. connection.Query<Row>(
                """
                SELECT a.capture_id AS CaptureId, a.campaign_id AS CampaignId, COALESCE(c.service, '') AS Service, COALESCE(c.version, '') AS Version,
                       COALESCE(c.instance_id, '') AS InstanceId, a.kind AS Kind,
                       COALESCE(c.started_at, c.requested_at, a.received_at) AS StartedAt, a.received_at AS ReceivedAt, a.is_reported AS IsReported,
                       (SELECT CAST(COALESCE(SUM(f.size_bytes), 0) AS BIGINT) FROM artifact_files f WHERE f.capture_id = a.capture_id) AS Bytes,
                       (SELECT COUNT(*) FROM capture_pins p WHERE p.capture_id = a.capture_id AND p.source = 'person') AS Pins,
                       (SELECT MAX(p.pinned_at) FROM capture_pins p WHERE p.capture_id = a.capture_id AND p.source <> 'person') AS CitedAt
                FROM artifacts a LEFT JOIN captures c ON c.capture_id = a.capture_id
                WHERE a.removed_at IS NULL
                """).Select(row => row.ToCapture(now))],
            cancellationToken);
    }

    /// <summary>
    /// The files of this capture are no longer offered, and the audit log has it. False where it is marked already, or since it was read somebody has
    /// pinned it, or cited it, or made a comparison of its version, which may look at the time of it: the next run finds out.
    /// </summary>
    public Task<bool> MarkAsync(RetainedCapture capture, RemovalReason reason, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        return database.WriteAsync(
            (connection, transaction) =>
            {
                var isMarked = connection.Execute(
                    """
                    UPDATE artifacts SET removed_at = @now, removal_reason = @reason
                    WHERE capture_id = @captureId AND removed_at IS NULL AND is_reported = 1
                      AND NOT EXISTS (SELECT 1 FROM capture_pins p WHERE p.capture_id = @captureId AND (p.source = 'person' OR p.pinned_at > @citedAt))
                      AND NOT EXISTS (SELECT 1 FROM comparisons c WHERE c.service = @service AND c.created_at >= @since AND (c.baseline_version = @version OR c.candidate_version = @version))
                    """,
                    new
                    {
                        captureId = capture.CaptureId,
                        service = capture.Service,
                        version = capture.Version,
                        citedAt = capture.CitedAt?.ToUnixTimeMilliseconds() ?? long.MinValue,
                        since = (capture.ReadAt - LateRow).ToUnixTimeMilliseconds(),
                        reason = (int)reason,
                        now = now.ToUnixTimeMilliseconds(),
                    },
                    transaction) > 0;
                if (isMarked)
                {
                    AuditTable.Append(connection, transaction, RetentionJournal.EntryOf(capture, reason, now));
                }

                return isMarked;
            },
            cancellationToken);
    }

    /// <summary>Marked, but the files may still be there.</summary>
    public async Task<IReadOnlyList<string>> ListMarkedAsync(CancellationToken cancellationToken = default) => await database.ReadAsync(
        connection => connection.Query<string>("SELECT capture_id FROM artifacts WHERE removed_at IS NOT NULL AND is_removed = 0 ORDER BY removed_at, capture_id").AsList(),
        cancellationToken);

    /// <summary>The files are gone.</summary>
    public Task FinishAsync(string captureId, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) =>
        {
            var finished = connection.Execute(
                "UPDATE artifacts SET is_removed = 1 WHERE capture_id = @captureId AND removed_at IS NOT NULL AND is_removed = 0", new { captureId }, transaction);
            if (finished > 0)
            {
                connection.Execute("DELETE FROM artifact_files WHERE capture_id = @captureId", new { captureId }, transaction);
                connection.Execute("DELETE FROM capture_pins WHERE capture_id = @captureId AND source <> 'person'", new { captureId }, transaction);
            }

            return finished;
        },
        cancellationToken);

    /// <summary>Captures whose only upload was about to be stored before then, and never was: the silo died, and the agent did not come back. A file may be there. So it is with files that a restore put there and the catalog does not know.</summary>
    public async Task<IReadOnlyList<string>> ListAbandonedAsync(DateTimeOffset since, CancellationToken cancellationToken = default) => await database.ReadAsync(
        connection => connection.Query<string>(
            "SELECT capture_id FROM artifact_claims c WHERE claimed_at < @since AND NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.capture_id = c.capture_id)",
            new { since = since.ToUnixTimeMilliseconds() }).AsList(),
        cancellationToken);

    /// <summary>Ends the claims of uploads that nobody has gone on with since then.</summary>
    /// <param name="since">Claimed before it.</param>
    /// <param name="kept">Captures that are listed as abandoned again: a file of theirs may still be there.</param>
    /// <param name="cancellationToken">Works while it waits for its turn.</param>
    public Task ForgetAbandonedAsync(DateTimeOffset since, IReadOnlySet<string> kept, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) =>
        {
            var before = since.ToUnixTimeMilliseconds();
            var over = connection.Query<string>("SELECT capture_id FROM artifact_claims WHERE claimed_at < @before", new { before }, transaction).Where(captureId => !kept.Contains(captureId)).ToList();
            return connection.ExecuteEach("DELETE FROM artifact_claims WHERE capture_id = @captureId", over.Select(captureId => new { captureId }), transaction);
        },
        cancellationToken);

    /// <summary>False when the capture has no files.</summary>
    public Task<bool> PinAsync(string captureId, string actor, string reason) => HoldAsync(captureId, (Person, actor, reason));

    /// <summary>False when the capture has no files.</summary>
    public Task<bool> CiteAsync(string captureId, string by) => HoldAsync(captureId, (by, "", ""));

    /// <summary>False when it was not pinned.</summary>
    public Task<bool> UnpinAsync(string captureId) => database.WriteAuditedAsync(
        (connection, transaction) => connection.Execute(
            "DELETE FROM capture_pins WHERE capture_id = @captureId AND source = 'person'", new { captureId }, transaction) > 0,
        isRemoved => isRemoved);

    private Task<bool> HoldAsync(string captureId, (string Source, string By, string Reason) hold) => database.WriteAuditedAsync(
        (connection, transaction) => connection.Execute(
            """
            INSERT INTO capture_pins (capture_id, source, pinned_by, reason, pinned_at)
            SELECT a.capture_id, @Source, @By, @Reason, @Now FROM artifacts a WHERE a.capture_id = @captureId AND a.removed_at IS NULL
            ON CONFLICT (capture_id, source) DO UPDATE SET pinned_by = excluded.pinned_by, reason = excluded.reason, pinned_at = excluded.pinned_at
            """,
            new { captureId, hold.Source, hold.By, hold.Reason, Now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            transaction) > 0,
        isHeld => isHeld);

    private sealed class Row
    {
        public string CaptureId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string Service { get; init; } = "";
        public string Version { get; init; } = "";
        public string InstanceId { get; init; } = "";
        public long Kind { get; init; }
        public long StartedAt { get; init; }
        public long ReceivedAt { get; init; }
        public long IsReported { get; init; }
        public long Bytes { get; init; }
        public long Pins { get; init; }
        public long? CitedAt { get; init; }

        public RetainedCapture ToCapture(DateTimeOffset now) => new()
        {
            CaptureId = CaptureId,
            CampaignId = CampaignId,
            Service = Service,
            Version = Version,
            InstanceId = InstanceId,
            Kind = (CaptureKind)Kind,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(StartedAt),
            ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(ReceivedAt),
            Bytes = Bytes,
            IsFinal = IsReported != 0,
            IsPinned = Pins > 0,
            CitedAt = CitedAt is { } cited ? DateTimeOffset.FromUnixTimeMilliseconds(cited) : null,
            ReadAt = now,
        };
    }
}

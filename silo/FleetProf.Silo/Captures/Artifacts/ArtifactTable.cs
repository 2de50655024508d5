using Dapper;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>Tables artifacts and artifact_files. Every write is durable when it returns, and repeating it changes nothing.</summary>
internal sealed class ArtifactTable(CatalogDatabase database, TimeProvider clock, SiloIdentity? identity = null)
{
    private readonly string silo = identity?.Name ?? "";

    /// <summary>This attempt waits for its outcome, and for this silo's.</summary>
    private const string IsOurs = "capture_id = @CaptureId AND attempt = @Attempt AND state = 0 AND silo = @silo";

    private const string Columns = """
        SELECT capture_id AS CaptureId, campaign_id AS CampaignId, attempt AS Attempt, agent_id AS AgentId, kind AS Kind, sha256 AS Sha256,
               size_bytes AS SizeBytes, received_at AS ReceivedAt, state AS State, failed_runs AS FailedRuns, failure AS Failure, detail AS Detail,
               summary_json AS SummaryJson, analysed_at AS AnalysedAt, is_reported AS IsReported
        FROM artifacts
        """;

    /// <summary>Null when nothing was completely uploaded for this capture.</summary>
    public async Task<Artifact?> FindAsync(string captureId, CancellationToken cancellationToken = default)
    {
        var row = await database.ReadAsync(
            connection => connection.QueryFirstOrDefault<Row>(Columns + " WHERE capture_id = @captureId", new { captureId }), cancellationToken);
        return row?.ToArtifact();
    }

    /// <summary>Whether there is a capture whose files nobody has deleted.</summary>
    public Task<bool> HasStoredAsync(CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM artifacts WHERE removed_at IS NULL") > 0, cancellationToken);

    /// <summary>Artifacts that this silo took and whose outcome the campaign does not know yet, oldest first.</summary>
    public async Task<IReadOnlyList<string>> ListUnfinishedAsync(CancellationToken cancellationToken = default) => await database.ReadAsync(
        connection => connection.Query<string>("SELECT capture_id FROM artifacts WHERE is_reported = 0 AND silo = @silo ORDER BY received_at, capture_id", new { silo }).AsList(),
        cancellationToken);

    /// <summary>Makes artifacts of silos that are gone, and whose outcome the campaign does not know yet, this silo's; returns them, oldest first.</summary>
    public Task<IReadOnlyList<string>> TakeOverAsync(IReadOnlyCollection<string> living, CancellationToken cancellationToken = default) => database.WriteAsync<IReadOnlyList<string>>(
        (connection, transaction) =>
        {
            var gone = connection.Query<(string CaptureId, string Silo)>(
                $"SELECT capture_id, silo FROM artifacts WHERE is_reported = 0 AND {MembershipTable.IsNoMember("artifacts.silo")} ORDER BY received_at, capture_id", transaction: transaction)
                .Where(row => !living.Contains(row.Silo)).Select(row => row.CaptureId).ToList();
            connection.ExecuteEach("UPDATE artifacts SET silo = @silo WHERE capture_id = @captureId", gone.Select(captureId => new { captureId, silo }), transaction);
            return gone;
        },
        cancellationToken);

    /// <summary>
    /// Whether an upload may become the artifact of its attempt: the first that asks may, on whichever silo, unless another of this attempt or one
    /// of a later attempt is stored. Asked again by the same it is granted again; <see cref="AddAsync"/> ends it, and retention what nobody went on with.
    /// </summary>
    public Task<bool> TryClaimAsync(string captureId, int attempt, string sha256, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) =>
        {
            var claim = new { captureId, attempt, sha256, now = clock.GetUtcNow().ToUnixTimeMilliseconds() };
            connection.Execute(
                """
                INSERT INTO artifact_claims (capture_id, attempt, sha256, claimed_at)
                SELECT @captureId, @attempt, @sha256, @now
                WHERE NOT EXISTS (SELECT 1 FROM artifacts WHERE capture_id = @captureId AND (attempt > @attempt OR (attempt = @attempt AND sha256 <> @sha256)))
                ON CONFLICT (capture_id) DO UPDATE SET attempt = excluded.attempt, sha256 = excluded.sha256, claimed_at = excluded.claimed_at
                WHERE excluded.attempt > artifact_claims.attempt OR (excluded.attempt = artifact_claims.attempt AND excluded.sha256 = artifact_claims.sha256)
                """,
                claim,
                transaction);
            return connection.ExecuteScalar<long>("SELECT COUNT(*) FROM artifact_claims WHERE capture_id = @captureId AND attempt = @attempt AND sha256 = @sha256", claim, transaction) > 0;
        },
        cancellationToken);

    /// <summary>The upload was not what it said it was; another may come.</summary>
    public Task ReleaseClaimAsync(string captureId, string sha256, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.Execute("DELETE FROM artifact_claims WHERE capture_id = @captureId AND sha256 = @sha256", new { captureId, sha256 }, transaction), cancellationToken);

    /// <summary>A later attempt of the capture replaces the row and its files; the same attempt leaves it as it is.</summary>
    public Task AddAsync(Artifact artifact, StoredFile original, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) =>
        {
            MembershipTable.RequireLiving(connection, transaction, silo);
            var added = connection.Execute(
                """
                INSERT INTO artifacts (capture_id, campaign_id, attempt, agent_id, kind, sha256, size_bytes, received_at, state, failed_runs, failure, is_reported, silo)
                VALUES (@CaptureId, @CampaignId, @Attempt, @AgentId, @Kind, @Sha256, @SizeBytes, @ReceivedAt, 0, 0, 0, 0, @silo)
                ON CONFLICT (capture_id) DO UPDATE SET
                    attempt = excluded.attempt, agent_id = excluded.agent_id, kind = excluded.kind, sha256 = excluded.sha256,
                    size_bytes = excluded.size_bytes, received_at = excluded.received_at, state = 0, failed_runs = 0, failure = 0,
                    detail = NULL, summary_json = NULL, analysed_at = NULL, is_reported = 0, silo = excluded.silo,
                    removed_at = NULL, removal_reason = 0, is_removed = 0
                WHERE excluded.attempt > artifacts.attempt
                """,
                new
                {
                    artifact.CaptureId,
                    artifact.CampaignId,
                    artifact.Attempt,
                    artifact.AgentId,
                    artifact.Kind,
                    artifact.Sha256,
                    artifact.SizeBytes,
                    ReceivedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    silo,
                },
                transaction);
            connection.Execute("DELETE FROM artifact_claims WHERE capture_id = @CaptureId AND attempt <= @Attempt", new { artifact.CaptureId, artifact.Attempt }, transaction);
            if (added > 0)
            {
                connection.Execute("DELETE FROM artifact_files WHERE capture_id = @CaptureId", new { artifact.CaptureId }, transaction);
                connection.Execute(InsertFile, FileRow(artifact.CaptureId, original), transaction);
            }

            return added;
        },
        cancellationToken);

    /// <summary>Counts a crash or overrun.</summary>
    public Task CountFailedRunAsync(string captureId, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.Execute(
            "UPDATE artifacts SET failed_runs = failed_runs + 1 WHERE capture_id = @captureId AND state = 0", new { captureId }, transaction),
        cancellationToken);

    /// <summary>Whether it is still this silo that is to analyse this attempt: where it was thought gone, another has taken over.</summary>
    public Task<bool> IsOursAsync(Artifact artifact, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.ExecuteScalar<long>(
            $"SELECT COUNT(*) FROM artifacts WHERE {IsOurs}", new { artifact.CaptureId, artifact.Attempt, silo }) > 0,
        cancellationToken);

    /// <summary>Stores the outcome with the files of the analysis, all or nothing. False, with nothing stored, when another attempt or outcome is there or another silo has taken over.</summary>
    public Task<bool> FinishAsync(Artifact artifact, IReadOnlyList<StoredFile> outputs, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) =>
        {
            var finished = connection.ExecuteEach(
                $"""
                UPDATE artifacts SET state = @State, failure = @Failure, detail = @Detail, summary_json = @SummaryJson, analysed_at = @AnalysedAt
                WHERE {IsOurs}
                """,
                [new
                {
                    artifact.CaptureId,
                    artifact.Attempt,
                    artifact.State,
                    artifact.Failure,
                    artifact.Detail,
                    artifact.SummaryJson,
                    AnalysedAt = artifact.AnalysedAt?.ToUnixTimeMilliseconds(),
                    silo,
                }],
                transaction);
            if (finished > 0)
            {
                connection.ExecuteEach(InsertFile, outputs.Select(output => FileRow(artifact.CaptureId, output)), transaction);
            }

            return finished > 0;
        },
        cancellationToken);

    public Task MarkReportedAsync(string captureId, int attempt, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.Execute(
            "UPDATE artifacts SET is_reported = 1 WHERE capture_id = @captureId AND attempt = @attempt AND state <> 0", new { captureId, attempt }, transaction),
        cancellationToken);

    /// <summary>By name; empty when unknown, or when they were deleted.</summary>
    public async Task<IReadOnlyList<StoredFile>> ListFilesAsync(string captureId, CancellationToken cancellationToken = default) => await database.ReadAsync(
        connection => connection.Query<StoredFile>(
            """
            SELECT name AS Name, content_type AS ContentType, size_bytes AS SizeBytes, sha256 AS Sha256 FROM artifact_files
            WHERE capture_id = @captureId AND NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.capture_id = @captureId AND a.removed_at IS NOT NULL)
            ORDER BY name
            """,
            new { captureId }).AsList(),
        cancellationToken);

    /// <summary>The run of the analyzer whose result under this name is the capture's; null where it is of no run.</summary>
    public Task<string?> FindRunAsync(string captureId, string name, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<string?>("SELECT run FROM artifact_files WHERE capture_id = @captureId AND name = @name", new { captureId, name }), cancellationToken);

    /// <summary>The row of a file that may lie plain, as versions before this one stored it: the original under either of its names, or a result of no run. Null where there is none: results of runs are sealed.</summary>
    public Task<StoredFile?> FindPlainAsync(string captureId, string name, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.Query<StoredFile>(
            "SELECT name AS Name, content_type AS ContentType, size_bytes AS SizeBytes, sha256 AS Sha256 FROM artifact_files WHERE capture_id = @captureId AND run IS NULL", new { captureId })
            .FirstOrDefault(file => ArtifactStore.IsOriginal(name) ? ArtifactStore.IsOriginal(file.Name) : file.Name == name),
        cancellationToken);

    private const string InsertFile = """
        INSERT INTO artifact_files (capture_id, name, content_type, size_bytes, sha256, run) VALUES (@CaptureId, @Name, @ContentType, @SizeBytes, @Sha256, @Run)
        ON CONFLICT (capture_id, name) DO UPDATE SET content_type = excluded.content_type, size_bytes = excluded.size_bytes, sha256 = excluded.sha256, run = excluded.run
        """;

    private static object FileRow(string captureId, StoredFile file) => new { CaptureId = captureId, file.Name, file.ContentType, file.SizeBytes, file.Sha256, file.Run };

    private sealed class Row
    {
        public string CaptureId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public long Attempt { get; init; }
        public string AgentId { get; init; } = "";
        public long Kind { get; init; }
        public string Sha256 { get; init; } = "";
        public long SizeBytes { get; init; }
        public long ReceivedAt { get; init; }
        public long State { get; init; }
        public long FailedRuns { get; init; }
        public long Failure { get; init; }
        public string? Detail { get; init; }
        public string? SummaryJson { get; init; }
        public long? AnalysedAt { get; init; }
        public long IsReported { get; init; }

        public Artifact ToArtifact() => new()
        {
            CaptureId = CaptureId,
            CampaignId = CampaignId,
            Attempt = (int)Attempt,
            AgentId = AgentId,
            Kind = (CaptureKind)Kind,
            Sha256 = Sha256,
            SizeBytes = SizeBytes,
            ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(ReceivedAt),
            State = (ArtifactState)State,
            FailedRuns = (int)FailedRuns,
            Failure = (CaptureFailure)Failure,
            Detail = Detail,
            SummaryJson = SummaryJson,
            AnalysedAt = AnalysedAt is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(AnalysedAt.Value),
            IsReported = IsReported != 0,
        };
    }
}

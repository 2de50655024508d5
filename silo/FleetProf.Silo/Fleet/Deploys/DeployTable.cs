using System.Data.Common;
using Dapper;
using FleetProf.Analysis.Fleet;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Fleet.Deploys;

/// <summary>Tables service_versions and deploys. Every write is durable when it returns, and repeating it changes nothing.</summary>
internal sealed class DeployTable(CatalogDatabase database)
{
    private const string Select = $"SELECT {DeployRow.Columns} FROM deploys";

    /// <summary>An instance that was out of reach counts as ended a day later; it was known to run when its agent last told of it.</summary>
    private const string Presence = """
        SELECT environment, version, SUM(CASE WHEN ended_at > @time THEN 1 ELSE 0 END), MAX(CASE WHEN ended_at < @time THEN ended_at ELSE @time END), MAX(started_at) FROM (
            SELECT environment, version, started_at, CASE WHEN state = @running THEN @ever WHEN state = @unreachable THEN state_since ELSE last_seen_at END AS ended_at
            FROM instances WHERE service = @service AND started_at <= @time AND version <> '') AS runs
        GROUP BY environment, version
        """;

    /// <summary>Versions of a service that ever ran.</summary>
    public Task<IReadOnlyList<KnownVersion>> ListVersionsAsync(string service) => database.ReadAsync<IReadOnlyList<KnownVersion>>(
        connection => [.. connection.Query<(string Environment, string Version, long First, long Latest)>(
            "SELECT environment, version, first_started_at, latest_started_at FROM service_versions WHERE service = @service", new { service })
            .Select(row => new KnownVersion(row.Environment, row.Version, Time(row.First), Time(row.Latest)))]);

    /// <summary>What the catalog knows of the instances of a service that had started by a time, by environment and version.</summary>
    public Task<IReadOnlyList<VersionPresence>> ListPresenceAsync(string service, DateTimeOffset time) => database.ReadAsync<IReadOnlyList<VersionPresence>>(
        connection => [.. connection.Query<(string Environment, string Version, long Running, long LastSeen, long LatestStart)>(
            Presence,
            new { service, time = time.ToUnixTimeMilliseconds(), ever = long.MaxValue, running = InstanceState.Running, unreachable = InstanceState.Unreachable })
            .Select(row => new VersionPresence(row.Environment, row.Version, (int)row.Running, Time(row.LastSeen), Time(row.LatestStart)))]);

    /// <summary>Deploys of one version in one environment.</summary>
    public Task<IReadOnlyList<DeployRow>> ListOfVersionAsync(string service, string environment, string version) => database.ReadAsync<IReadOnlyList<DeployRow>>(
        connection => connection.Query<DeployRow>(
            $"{Select} WHERE service = @service AND environment = @environment AND version = @version ORDER BY started_at", new { service, environment, version }).AsList());

    /// <summary>The version of the last deploy before a time; null without one.</summary>
    public Task<string?> FindVersionBeforeAsync(string service, string environment, DateTimeOffset time) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<string?>(
            "SELECT version FROM deploys WHERE service = @service AND environment = @environment AND started_at < @time ORDER BY started_at DESC, deploy_id DESC LIMIT 1",
            new { service, environment, time = time.ToUnixTimeMilliseconds() }));

    /// <summary>Newest first; all services when null.</summary>
    public Task<IReadOnlyList<Deploy>> ListAsync(string? service, int limit, CancellationToken cancellationToken = default) => ListAsync(service, null, null, limit, cancellationToken);

    /// <summary>Those that started in a time, both ends of which are in it; null: it has no such end. Newest first; all services when null.</summary>
    public Task<IReadOnlyList<Deploy>> ListAsync(string? service, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellationToken = default)
    {
        var parameters = new DynamicParameters(new { service, From = from?.ToUnixTimeMilliseconds(), To = to?.ToUnixTimeMilliseconds(), limit });
        var conditions = new[]
        {
            service is not null ? "service = @service" : CallScope.Condition("service", parameters),
            from is not null ? "started_at >= @From" : null,
            to is not null ? "started_at <= @To" : null,
        };
        var given = string.Join(" AND ", conditions.OfType<string>());
        return database.ReadAsync<IReadOnlyList<Deploy>>(
            connection => [.. connection.Query<DeployRow>(
                $"{Select} {(given.Length == 0 ? "" : $"WHERE {given}")} ORDER BY started_at DESC, deploy_id DESC LIMIT @limit", parameters).Select(row => row.ToDeploy())],
            cancellationToken);
    }

    /// <summary>Deploys whose comparison still has to be created, oldest first.</summary>
    public Task<IReadOnlyList<DeployRow>> ListToPlanAsync(CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<DeployRow>>(
        connection => connection.Query<DeployRow>($"{Select} WHERE is_planned = 0 AND comparison_due_at IS NOT NULL ORDER BY started_at, deploy_id").AsList(),
        cancellationToken);

    /// <summary>Versions and deploys, all or nothing.</summary>
    public Task SaveAsync(string service, IEnumerable<KnownVersion> versions, IReadOnlyCollection<DeployRow> deploys) => database.WriteAuditedAsync((connection, transaction) =>
    {
        SaveVersions(connection, transaction, service, versions);
        return connection.ExecuteEach(
            """
            INSERT INTO deploys (deploy_id, service, environment, version, previous_version, started_at, finished_at, source, commit_id, link,
                announced_at, seen_at, comparison_id, comparison_due_at, is_planned)
            VALUES (@DeployId, @Service, @Environment, @Version, @PreviousVersion, @StartedAt, @FinishedAt, @Source, @CommitId, @Link,
                @AnnouncedAt, @SeenAt, NULL, @ComparisonDueAt, 0)
            ON CONFLICT (deploy_id) DO UPDATE SET
                previous_version = excluded.previous_version, finished_at = excluded.finished_at, source = excluded.source, commit_id = excluded.commit_id,
                link = excluded.link, announced_at = excluded.announced_at, seen_at = excluded.seen_at,
                comparison_due_at = COALESCE(deploys.comparison_due_at, excluded.comparison_due_at)
            """,
            deploys,
            transaction);
    }, _ => true);

    /// <summary>Closes the promise of a comparison; a null id says that there will be none.</summary>
    public Task MarkPlannedAsync(string deployId, string? comparisonId, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.Execute(
            "UPDATE deploys SET is_planned = 1, comparison_id = @comparisonId WHERE deploy_id = @deployId AND is_planned = 0", new { deployId, comparisonId }, transaction),
        cancellationToken);

    private static void SaveVersions(DbConnection connection, DbTransaction transaction, string service, IEnumerable<KnownVersion> versions) => connection.ExecuteEach(
        """
        INSERT INTO service_versions (service, environment, version, first_started_at, latest_started_at) VALUES (@service, @Environment, @Version, @First, @Latest)
        ON CONFLICT (service, environment, version) DO UPDATE SET
            first_started_at = CASE WHEN excluded.first_started_at < service_versions.first_started_at THEN excluded.first_started_at ELSE service_versions.first_started_at END,
            latest_started_at = CASE WHEN excluded.latest_started_at > service_versions.latest_started_at THEN excluded.latest_started_at ELSE service_versions.latest_started_at END
        """,
        versions.Select(version => new
        {
            service, version.Environment, version.Version, First = version.FirstStartedAt.ToUnixTimeMilliseconds(), Latest = version.LatestStartedAt.ToUnixTimeMilliseconds(),
        }),
        transaction);

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}

using Dapper;
using FleetProf.Analysis.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Comparisons;

/// <summary>Reads which versions of a service ran, from the catalog and, for what it no longer has, from the trend store.</summary>
internal sealed class VersionTable(CatalogDatabase database)
{
    private const string Versions = """
        SELECT version AS Version, MIN(first_start) AS FirstStart, MAX(latest_start) AS LatestStart FROM (
            SELECT version, first_started_at AS first_start, latest_started_at AS latest_start FROM service_versions
            WHERE service = @service AND (@environment IS NULL OR environment = @environment)
            UNION ALL
            SELECT trend.version, MIN(trend.first_window), MAX(trend.first_window)
            FROM trend_instances AS trend LEFT JOIN instances AS known ON known.instance_id = trend.instance_id
            WHERE trend.service = @service AND (@environment IS NULL OR known.environment = @environment) GROUP BY trend.version
            UNION ALL
            SELECT version, started_at, started_at FROM deploys WHERE service = @service AND (@environment IS NULL OR environment = @environment)) AS runs
        WHERE version IS NOT NULL GROUP BY version
        """;

    // One that was announced again, without being another, replaced itself.
    private const string Deploys = """
        SELECT version, previous_version, environment, started_at FROM deploys
        WHERE service = @service AND (@environment IS NULL OR environment = @environment) AND previous_version <> version ORDER BY started_at
        """;

    private const string Awaited = """
        SELECT DISTINCT version FROM deploys
        WHERE service = @service AND (@environment IS NULL OR environment = @environment) AND seen_at IS NULL AND started_at > @earliest AND started_at < @latest
        """;

    private const string Running = """
        SELECT version, COUNT(*) FROM instances
        WHERE service = @service AND (@environment IS NULL OR environment = @environment) AND state = @running GROUP BY version
        """;

    /// <summary>The versions that ran, or are announced, in an environment; in any where it is null.</summary>
    public Task<IReadOnlyList<KnownVersion>> ListAsync(string service, string? environment, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<KnownVersion>>(
            connection =>
            {
                // What is announced for some moments ahead has a clock that is.
                var parameters = new
                {
                    service,
                    environment,
                    running = InstanceState.Running,
                    earliest = (now - VersionChoice.LongestWait).ToUnixTimeMilliseconds(),
                    latest = (now + VersionChoice.LongestWait).ToUnixTimeMilliseconds(),
                };
                var deploys = connection.Query<(string Version, string Previous, string Environment, long StartedAt)>(Deploys, parameters).ToLookup(row => row.Version);
                var awaited = connection.Query<string>(Awaited, parameters).ToHashSet(StringComparer.Ordinal);
                var running = connection.Query<(string Version, long Count)>(Running, parameters).ToDictionary(row => row.Version, row => (int)row.Count);
                return [.. connection.Query<(string Version, long FirstStart, long LatestStart)>(Versions, parameters)
                    .Select(row => new KnownVersion(row.Version, row.FirstStart, row.LatestStart)
                    {
                        PreviousVersion = deploys[row.Version].Select(deploy => deploy.Previous).LastOrDefault(),
                        DeployedMs = deploys[row.Version].Select(deploy => (long?)deploy.StartedAt).LastOrDefault(),
                        DeployedIn = deploys[row.Version].Select(deploy => deploy.Environment).LastOrDefault(),
                        IsAwaited = awaited.Contains(row.Version),
                        RunningCount = running.GetValueOrDefault(row.Version),
                    })];
            },
            cancellationToken);

    /// <summary>Which version a deploy of the service began, where (null when it names no environment) and when; null when the deploy is unknown.</summary>
    public Task<(string Version, string? Environment, DateTimeOffset StartedAt)?> FindDeployAsync(string service, string deployId, CancellationToken cancellationToken = default) =>
        database.ReadAsync<(string Version, string? Environment, DateTimeOffset StartedAt)?>(
            connection =>
            {
                var rows = connection.Query<(string Version, string Environment, long StartedAt)>(
                    "SELECT version, environment, started_at FROM deploys WHERE deploy_id = @deployId AND service = @service", new { deployId, service }).AsList();
                if (rows is not [var row])
                {
                    return null;
                }

                return (row.Version, row.Environment.Length == 0 ? null : row.Environment, DateTimeOffset.FromUnixTimeMilliseconds(row.StartedAt));
            },
            cancellationToken);
}

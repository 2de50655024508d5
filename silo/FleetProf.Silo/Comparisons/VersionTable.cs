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
            SELECT version, first_started_at AS first_start, latest_started_at AS latest_start FROM service_versions WHERE service = @service
            UNION ALL
            SELECT version, MIN(first_window), MAX(first_window) FROM trend_instances WHERE service = @service GROUP BY version
            UNION ALL
            SELECT version, started_at, started_at FROM deploys WHERE service = @service) AS runs
        WHERE version IS NOT NULL GROUP BY version
        """;

    public Task<IReadOnlyList<KnownVersion>> ListAsync(string service, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<KnownVersion>>(
        connection =>
        {
            var deploys = connection.Query<(string Version, string Previous, long StartedAt)>(
                // One that was announced again, without being another, replaced itself.
                "SELECT version, previous_version, started_at FROM deploys WHERE service = @service AND previous_version <> version ORDER BY started_at", new { service })
                .ToLookup(row => row.Version);
            var running = connection.Query<(string Version, long Count)>(
                "SELECT version, COUNT(*) FROM instances WHERE service = @service AND state = @running GROUP BY version", new { service, running = InstanceState.Running })
                .ToDictionary(row => row.Version, row => (int)row.Count);
            return [.. connection.Query<(string Version, long FirstStart, long LatestStart)>(Versions, new { service })
                .Select(row => new KnownVersion(row.Version, row.FirstStart, row.LatestStart)
                {
                    PreviousVersion = deploys[row.Version].Select(deploy => deploy.Previous).LastOrDefault(),
                    DeployedMs = deploys[row.Version].Select(deploy => (long?)deploy.StartedAt).LastOrDefault(),
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

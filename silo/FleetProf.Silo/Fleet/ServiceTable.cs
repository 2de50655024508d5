using Dapper;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet.Deploys;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Fleet;

/// <summary>Reads services with what runs of them and their latest deploy.</summary>
internal sealed class ServiceTable(CatalogDatabase database)
{
    /// <summary>By name; all services when null.</summary>
    public Task<IReadOnlyList<ServiceRow>> ListAsync(string? service, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<ServiceRow>>(
        connection =>
        {
            var arguments = new { service, running = InstanceState.Running };
            var versions = connection.Query<(string Service, string Version, long Count)>(
                "SELECT service, version, COUNT(*) FROM instances WHERE state = @running AND (@service IS NULL OR service = @service) GROUP BY service, version ORDER BY version",
                arguments).ToLookup(row => row.Service, StringComparer.Ordinal);
            var deploys = connection.Query<DeployRow>(
                $"""
                SELECT * FROM (
                    SELECT {DeployRow.Columns}, ROW_NUMBER() OVER (PARTITION BY service ORDER BY started_at DESC, deploy_id DESC) AS Place
                    FROM deploys WHERE @service IS NULL OR service = @service) AS ranked
                WHERE Place = 1
                """,
                arguments).ToDictionary(row => row.Service, StringComparer.Ordinal);
            return [.. connection.Query<(string Service, long FirstSeenAt, long LastSeenAt)>(
                "SELECT service, first_seen_at, last_seen_at FROM services WHERE @service IS NULL OR service = @service ORDER BY service",
                arguments).Select(row => new ServiceRow
                {
                    Service = row.Service,
                    Versions = [.. versions[row.Service].Select(version => version.Version).Where(version => version.Length > 0)],
                    InstanceCount = (int)versions[row.Service].Sum(version => version.Count),
                    LastDeploy = deploys.GetValueOrDefault(row.Service)?.ToDeploy(),
                    FirstSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(row.FirstSeenAt),
                    LastSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(row.LastSeenAt),
                })];
        },
        cancellationToken);
}

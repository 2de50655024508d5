using Dapper;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FleetProf.Silo.Hosting;

/// <summary>Commits a row: a full or read-only disk shows here before an agent's data meets it.</summary>
internal sealed class CatalogHealthCheck(CatalogDatabase database, TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var row = new { ProbedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() };
            await database.WriteAsync(
                (connection, transaction) => connection.Execute(
                    "INSERT INTO catalog_probes (id, probed_at) VALUES (1, @ProbedAt) ON CONFLICT (id) DO UPDATE SET probed_at = excluded.probed_at",
                    row,
                    transaction),
                cancellationToken).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy("The database commits.");
        }
        catch (Exception exception)
        {
            return HealthCheckResult.Unhealthy(exception is CatalogException ? exception.Message : "The database does not commit; see the silo's log.", exception);
        }
    }
}

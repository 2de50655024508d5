using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FleetProf.Silo.Hosting;

/// <summary>Whether this silo is an active member and takes grain calls.</summary>
internal sealed class SiloHealthCheck(ISiloStatusOracle status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        status.CurrentStatus == SiloStatus.Active
            ? HealthCheckResult.Healthy("The silo is active.")
            : HealthCheckResult.Unhealthy($"The silo is {status.CurrentStatus}."));
}

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FleetProf.Silo.Hosting;

/// <summary>
/// Whether this silo is an active member, takes grain calls, and has started all it consists of: it is active a while before the last of its
/// services has, and one that fails in its start ends the process.
/// </summary>
internal sealed class SiloHealthCheck(ISiloStatusOracle status, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        status.CurrentStatus != SiloStatus.Active ? HealthCheckResult.Unhealthy($"The silo is {status.CurrentStatus}.")
        : !lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Unhealthy("The silo is active and still starts its services.")
        : HealthCheckResult.Healthy("The silo is active."));
}

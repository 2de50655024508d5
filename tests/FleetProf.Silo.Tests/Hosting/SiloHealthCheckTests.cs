using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Captures;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Silo.Tests.Hosting;

public sealed class SiloHealthCheckTests
{
    [Theory]
    [InlineData(SiloStatus.Joining, true, HealthStatus.Unhealthy, "Joining")]
    [InlineData(SiloStatus.Active, false, HealthStatus.Unhealthy, "still starts")]
    [InlineData(SiloStatus.Active, true, HealthStatus.Healthy, "active")]
    [InlineData(SiloStatus.ShuttingDown, true, HealthStatus.Unhealthy, "ShuttingDown")]
    public async Task Silo_IsReady_OnlyOnceItIsActiveAndAllOfItHasStarted(SiloStatus status, bool hasStarted, HealthStatus expected, string words)
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        if (hasStarted)
        {
            lifetime.NotifyStarted();
        }

        var oracle = Fake.Of<ISiloStatusOracle>(($"get_{nameof(ISiloStatusOracle.CurrentStatus)}", _ => status));

        var result = await new SiloHealthCheck(oracle, lifetime).CheckHealthAsync(new HealthCheckContext());

        Assert.Equal(expected, result.Status);
        Assert.Contains(words, result.Description, StringComparison.Ordinal);
    }
}

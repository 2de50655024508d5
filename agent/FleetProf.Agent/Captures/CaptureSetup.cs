using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Agent.Captures;

/// <summary>Composition of Captures.</summary>
public static class CaptureSetup
{
    /// <summary>
    /// Adds the <see cref="CaptureDesk"/>. Expects in the container: IControlOutput, InstanceDirectory, LocalPolicy, VitalsCollector,
    /// AgentIdentity, TimeProvider and a Func&lt;AgentGateway.AgentGatewayClient&gt; that gives the client of the silo in use.
    /// </summary>
    public static IServiceCollection AddCaptures(this IServiceCollection services)
    {
        services.AddSingleton<CaptureDesk>();
        return services;
    }
}

using FleetProf.Silo.Fleet;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.GcPauses;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway;

/// <summary>Composition of Gateway.</summary>
public static class GatewaySetup
{
    /// <summary>An inventory of a crowded host, or a chunk of an upload with what surrounds it. What that may become in memory, <see cref="MessageShape"/> bounds.</summary>
    private const int MaxFrameBytes = 4 * 1024 * 1024;

    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidation>();
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
        services.AddSingleton(provider =>
        {
            var inventories = provider.GetRequiredService<InventoryIntake>();
            return new FrameSinks
            {
                Inventory = (hello, sessionId, list, token) => inventories.AcceptAsync(hello.AgentId, sessionId, list, hello.Labels, token),
                Vitals = provider.GetRequiredService<VitalsIntake>().AcceptAsync,
                Attached = inventories.AgentAttachedAsync,
                Lost = inventories.AgentLostAsync,
                Moved = inventories.AgentMovedAsync,
                Clock = provider.GetRequiredService<HostClocks>().Heard,
                IsLookedAt = () => provider.GetRequiredService<LiveFleet>().IsLookedAt,
            };
        });
        services.AddSessions();
        return builder;
    }

    public static WebApplication MapGateway(this WebApplication app)
    {
        app.MapGrpcService<GatewayEndpoint>();
        return app;
    }

    /// <summary>The endpoint and its sessions over the registered sinks.</summary>
    internal static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxFrameBytes);
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<SessionHub>();
        services.AddSingleton<SessionHost>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ReturnSchedule>(provider, Random.Shared));
        services.AddSingleton<AdmissionLimit>();
        services.AddSingleton<HandshakeGate>();
        services.AddSingleton<EnrolmentGate>();
        services.AddSingleton<UploadLimit>();
        services.AddHostedService<SessionHubStart>();
        return services;
    }
}

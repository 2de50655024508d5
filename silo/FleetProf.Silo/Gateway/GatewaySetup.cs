namespace FleetProf.Silo.Gateway;

/// <summary>Composition of Gateway.</summary>
public static class GatewaySetup
{
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapGateway(this WebApplication app)
    {
        return app;
    }
}

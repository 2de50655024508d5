namespace FleetProf.Silo.Captures;

/// <summary>Composition of Captures.</summary>
public static class CaptureSetup
{
    public static WebApplicationBuilder AddCaptures(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapCaptures(this WebApplication app)
    {
        return app;
    }
}

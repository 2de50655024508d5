namespace FleetProf.Silo.Captures;

/// <summary>Composition of Captures.</summary>
public static class CaptureSetup
{
    public static WebApplicationBuilder AddCaptures(this WebApplicationBuilder builder)
    {
        return builder;
    }
}

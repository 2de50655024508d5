namespace FleetProf.Silo.GcPauses;

/// <summary>Composition of GcPauses.</summary>
public static class GcPauseSetup
{
    public static WebApplicationBuilder AddGcPauses(this WebApplicationBuilder builder)
    {
        return builder;
    }
}

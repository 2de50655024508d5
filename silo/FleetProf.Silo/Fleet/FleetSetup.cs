namespace FleetProf.Silo.Fleet;

/// <summary>Composition of Fleet.</summary>
public static class FleetSetup
{
    public static WebApplicationBuilder AddFleet(this WebApplicationBuilder builder)
    {
        return builder;
    }
}

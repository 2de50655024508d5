namespace FleetProf.Silo.Fleet;

/// <summary>Composition of Fleet.</summary>
public static class FleetSetup
{
    public static WebApplicationBuilder AddFleet(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LiveFleet>();
        builder.Services.AddSingleton<InventoryIntake>();
        return builder;
    }
}

namespace FleetProf.Portal.Fleet;

/// <summary>Composition of Fleet.</summary>
internal static class FleetSetup
{
    public static WebApplicationBuilder AddFleet(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FleetFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FleetFeed>());
        return builder;
    }
}

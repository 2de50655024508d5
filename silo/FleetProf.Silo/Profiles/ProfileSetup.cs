namespace FleetProf.Silo.Profiles;

/// <summary>Composition of Profiles.</summary>
public static class ProfileSetup
{
    public static WebApplicationBuilder AddProfiles(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ResultRows>();
        return builder;
    }
}

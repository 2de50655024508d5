namespace FleetProf.Silo.Access;

/// <summary>Composition of Access.</summary>
public static class AccessSetup
{
    /// <summary>Nothing to register: <see cref="AccessGrain"/> is found by Orleans, its parts come with Hosting and Storage.</summary>
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder) => builder;
}

namespace FleetProf.Silo.Access;

/// <summary>Composition of Access.</summary>
public static class AccessSetup
{
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        return builder;
    }
}

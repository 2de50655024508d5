namespace FleetProf.Silo.Storage;

/// <summary>Composition of Storage.</summary>
public static class StorageSetup
{
    public static WebApplicationBuilder AddStorage(this WebApplicationBuilder builder)
    {
        return builder;
    }
}

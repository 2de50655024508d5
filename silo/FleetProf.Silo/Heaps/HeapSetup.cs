namespace FleetProf.Silo.Heaps;

/// <summary>Composition of Heaps.</summary>
public static class HeapSetup
{
    public static WebApplicationBuilder AddHeaps(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StoredHeaps>();
        builder.Services.AddSingleton<HeapGrowths>();
        return builder;
    }
}

namespace FleetProf.Silo.Allocations;

/// <summary>Composition of Allocations.</summary>
public static class AllocationSetup
{
    public static WebApplicationBuilder AddAllocations(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StoredAllocations>();
        return builder;
    }
}

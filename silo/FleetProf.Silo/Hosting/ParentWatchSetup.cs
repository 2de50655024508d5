namespace FleetProf.Silo.Hosting;

/// <summary>Composition of the parent watch: FleetProf:ExitWithParent=true.</summary>
internal static class ParentWatchSetup
{
    public static void AddParentWatch(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue("FleetProf:ExitWithParent", false))
        {
            builder.Services.AddHostedService<ParentWatch>();
        }
    }
}

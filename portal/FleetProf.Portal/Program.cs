using FleetProf.Portal.Layout;
using MudBlazor.Services;

namespace FleetProf.Portal;

/// <summary>The portal: pages and REST for people, pipelines and the CLI; a client of the silo.</summary>
public static class Program
{
    public static Task Main(string[] args) => Build(args).RunAsync();

    internal static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices();

        var app = builder.Build();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }
}

using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Connection;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Layout;

namespace FleetProf.Portal;

/// <summary>The portal: pages and REST for people, pipelines and the CLI; a client of the silo.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => PortalExit.CodeOfAsync(() => Build(args).RunAsync());

    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args, ApplicationName = "FleetProf.Portal", ContentRootPath = AppContext.BaseDirectory,
        });
        builder.AddHosting().AddSiloClient().AddAccess().AddFleet().AddCampaigns().AddCaptures().AddApi().AddPages();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UsePortal().MapHealth().MapLogin().MapOidc().MapApi().MapPages();
        return app;
    }
}

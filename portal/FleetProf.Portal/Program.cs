using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Layout;
using Microsoft.Extensions.Options;

namespace FleetProf.Portal;

/// <summary>The portal: pages and REST for people, pipelines and the CLI; a client of the silo.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            await Build(args).RunAsync();
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Stopped before the silo was ever reached.
            return 0;
        }
        catch (OptionsValidationException invalid)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, invalid.Failures));
            return 2;
        }
    }

    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args, ApplicationName = "FleetProf.Portal", ContentRootPath = AppContext.BaseDirectory,
        });
        builder.AddHosting().AddSiloClient().AddAccess().AddFleet().AddCampaigns().AddCaptures().AddApi().AddPages();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UsePortal().MapHealth().MapLogin().MapApi().MapPages();
        return app;
    }
}

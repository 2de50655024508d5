using FleetProf.Portal.Tests.FakeFleet.Grains;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using FleetProf.Portal.Hosting;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>The real portal in this process, on a real port, as a client of a <see cref="FakeSilo"/>.</summary>
internal sealed class PortalUnderTest : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private PortalUnderTest(WebApplication app, DirectoryInfo folder) => (App, _folder) = (app, folder);

    public WebApplication App { get; }

    public string Url => App.Services.GetRequiredService<PortalAddress>().LocalUrl;

    public string Folder => _folder.FullName;

    public static Task<PortalUnderTest> StartAsync(FakeSilo silo, int port = 0, params string[] settings) =>
        StartAsync(silo.GatewayPort, port, wait: true, settings);

    /// <summary>With <paramref name="wait"/> false it returns before the silo is reached.</summary>
    public static async Task<PortalUnderTest> StartAsync(int gatewayPort, int port, bool wait, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-portal-");
        string[] args =
        [
            string.Create(CultureInfo.InvariantCulture, $"--FleetProf:Portal:Listen=http://127.0.0.1:{port}"),
            string.Create(CultureInfo.InvariantCulture, $"--FleetProf:Portal:SiloGateway=127.0.0.1:{gatewayPort}"),
            $"--FleetProf:Portal:DataFolder={folder.FullName}",
            $"--FleetProf:Portal:ConnectionFile={Path.Combine(folder.FullName, "connection.json")}",
            "--Serilog:MinimumLevel:Default=Error",
            .. settings,
        ];
        var portal = new PortalUnderTest(Portal.Program.Build(args), folder);
        var start = portal.App.StartAsync();
        if (wait)
        {
            await start;
            await portal.WaitUntilConnectedAsync();
        }

        return portal;
    }

    public async Task WaitUntilConnectedAsync()
    {
        using var client = Anonymous();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            try
            {
                using var ready = await client.GetAsync("/health/ready", patience.Token);
                if (ready.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Keeps cookies, follows no redirects.</summary>
    public HttpClient Anonymous() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
    {
        BaseAddress = new Uri(Url),
        Timeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>Sends the API token.</summary>
    public HttpClient Authorised()
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FakeAccess.Token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

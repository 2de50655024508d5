using System.Net;
using FleetProf.Contracts.Campaigns;
using FleetProf.Silo.Tests.Access.Calls;
using FleetProf.Silo.Tests.Gateway;
using FleetProf.Silo.Tests.Storage;
using FleetProf.TestKit.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Hosting;

/// <summary>A real silo whose database server goes and comes back.</summary>
[Trait("Ring", "process")]
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly HttpClient http = new();
    private PostgresServer server = null!;
    private SiloProcess silo = null!;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.StartNewAsync();
        silo = new SiloProcess(folder["data"]);
    }

    [Fact]
    public async Task Run_DatabaseGoesAndComesBack_IsNotReadyMeanwhileAndStaysAlive()
    {
        await silo.StartAsync($"--FleetProf:Silo:Database={server.ConnectionString("postgres")}");
        Assert.False(File.Exists(folder["data/catalog.db"]));
        await server.KillAsync();

        var (status, words) = await ReadyAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("does not answer", words, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(silo.Http("/health/live"))).StatusCode);
        await server.StartAsync();

        await GatewayRig.UntilAsync(async () => (await ReadyAsync()).Status == HttpStatusCode.OK);
        Assert.False(silo.Process.HasExited);
    }

    [Fact]
    public async Task Call_FromAPortalWhileTheDatabaseIsAway_FailsAsThatOfASiloThatIsAway()
    {
        await silo.StartAsync($"--FleetProf:Silo:Database={server.ConnectionString("postgres")}");
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(silo.GatewayPort, serviceId: "fleetprof", clusterId: "fleetprof"));
        using var client = builder.Build();
        await client.StartAsync();
        var grains = client.Services.GetRequiredService<IClusterClient>();
        OutsideCaller.As(await OutsideCaller.AdminAsync(grains));
        Assert.Empty(await grains.GetGrain<ICampaignQueryGrain>(0).ListAsync(10));
        await server.KillAsync();

        var failure = await Assert.ThrowsAsync<SiloUnavailableException>(() => grains.GetGrain<ICampaignQueryGrain>(0).ListAsync(10));

        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WrongPassword_ExitsWith1AndPrintsNoPassword()
    {
        var (exitCode, errors) = await silo.RunToEndAsync($"--FleetProf:Silo:Database={server.ConnectionString("postgres")}-wrong");

        Assert.Equal(1, exitCode);
        Assert.Contains("Check Username and Password", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, errors, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await silo.DisposeAsync();
        await server.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    private async Task<(HttpStatusCode Status, string Words)> ReadyAsync()
    {
        using var response = await http.GetAsync(silo.Http("/health/ready"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}

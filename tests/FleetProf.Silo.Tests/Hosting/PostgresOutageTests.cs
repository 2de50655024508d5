using System.Net;
using FleetProf.Silo.Tests.Storage;
using FleetProf.TestKit.Processes;

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

        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync()).Status);
        Assert.False(silo.Process.HasExited);
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

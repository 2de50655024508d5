using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>Serves the made-up capture files as a silo does; counts requests, so that tests see what was cached.</summary>
internal sealed class FakeFileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeFileServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<FakeFileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/files/{kind}/{name}", (string kind, string name, bool? changed) => (changed == true ? FakeFiles.ChangedFlame : FakeFiles.Find(Enum.Parse<Contracts.Captures.CaptureKind>(kind), name)) is { } file
            ? Results.Bytes(file.Content, "application/octet-stream")
            : Results.NotFound());
        app.MapGet("/refused", (int status) => Results.Problem("The bucket fleetprof does not exist.", statusCode: status));
        app.MapGet("/elsewhere", () => Results.Redirect("http://127.0.0.1:1/stolen"));
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

using System.Net;
using System.Net.Http.Headers;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Captures;

public sealed class CaptureFilesTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly byte[] content = CaptureRig.Content(5_000);
    private readonly HttpClient http = new();
    private CaptureRig rig = null!;
    private WebApplication app = null!;
    private Uri address = null!;

    public async ValueTask InitializeAsync()
    {
        rig = new CaptureRig(clock: clock);
        await rig.UploadAsync(content);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(rig.Files);
        app = builder.Build();
        app.MapCaptures();
        await app.StartAsync();
        address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    [Fact]
    public async Task Get_WithFreshLink_ServesTheBytesWithEtagAsAttachment()
    {
        var response = await http.GetAsync(await LinkAsync());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{CaptureRig.Offer(content).Sha256}\"", response.Headers.ETag!.Tag);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Get_RangeAndKnownEtag_AreHonoured()
    {
        using var range = new HttpRequestMessage(HttpMethod.Get, await LinkAsync());
        range.Headers.Range = new RangeHeaderValue(1_000, 1_999);
        var part = await http.SendAsync(range);
        using var known = new HttpRequestMessage(HttpMethod.Get, await LinkAsync());
        known.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{CaptureRig.Offer(content).Sha256}\""));

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[1_000..2_000], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(known)).StatusCode);
    }

    [Fact]
    public async Task Get_AfterAMinute_IsRefused()
    {
        var link = await LinkAsync();
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(link)).StatusCode);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task Get_SealedFileThatAPlainOneHasReplaced_IsRefusedWithTheReason()
    {
        await File.WriteAllBytesAsync(StoredCapture.OriginalPath(rig.Folder, CaptureRig.Capture), CaptureRig.Content(content.Length + 1));

        var response = await http.GetAsync(await LinkAsync());

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("was replaced: it is not sealed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TicketMissingForgedOrForAnotherFile_IsRefused()
    {
        var link = (await LinkAsync()).ToString();
        var later = $"{clock.GetUtcNow().AddYears(1).ToUnixTimeMilliseconds()}.{link.Split('.')[^1]}";
        string[] bad = ["", "?ticket=", "?ticket=1.2.3", "?ticket=x.y", $"?ticket={later}", $"?ticket={new FileTickets(clock).Issue(CaptureRig.Capture, "original.nettrace")}"];
        foreach (var query in bad)
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(new Uri(link.Split('?')[0] + query))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(new Uri(link.Replace("original.nettrace", "summary.json", StringComparison.Ordinal)))).StatusCode);
    }

    [Fact]
    public async Task GetAsync_UnknownOrTraversingName_IsNull()
    {
        Assert.Null(await rig.Files.GetAsync(CaptureRig.Capture, "cpu.flame.json"));
        Assert.Null(await rig.Files.GetAsync(CaptureRig.Capture, "../../catalog.db"));
        Assert.Null(await rig.Files.GetAsync("../x-0001", "original.nettrace"));
        Assert.Null(await rig.Store.OpenAsync(CaptureRig.Capture, "../../catalog.db", CancellationToken.None));
        Assert.Null(await rig.Store.OpenAsync("../artifacts-1", "original.nettrace", CancellationToken.None));
        Assert.Empty(await rig.Files.ListAsync("unknown-0001"));
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
        rig.Dispose();
    }

    private async Task<Uri> LinkAsync()
    {
        var file = await rig.Files.GetAsync(CaptureRig.Capture, "original.nettrace");
        return new Uri(address, new Uri(file!.Link!).PathAndQuery);
    }
}

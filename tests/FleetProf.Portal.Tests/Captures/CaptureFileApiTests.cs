using System.Net;
using System.Net.Http.Headers;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Captures;

public sealed class CaptureFileApiTests(PortalFixture fixture)
{
    private const string Trace = "/api/v1/captures/01k0000000000000000000done-0000";
    private const string Heap = "/api/v1/captures/01k0000000000000000000heap-0000";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Trace, "nettrace", CaptureKind.Trace, "original.nettrace")]
    [InlineData(Trace, "speedscope", CaptureKind.Trace, "cpu.speedscope.json")]
    [InlineData(Trace, "pprof", CaptureKind.Trace, "cpu.pb.gz")]
    [InlineData(Trace, "collapsed", CaptureKind.Trace, "cpu.collapsed.txt")]
    [InlineData(Trace, "csv", CaptureKind.Trace, "cpu.csv")]
    [InlineData(Heap, "gcdump", CaptureKind.Gcdump, "heap.gcdump")]
    [InlineData(Heap, "csv", CaptureKind.Gcdump, "heap.types.csv")]
    public async Task Export_Format_SendsTheStoredBytesAsDownload(string capture, string format, CaptureKind kind, string stored)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync($"{capture}/export?format={format}", Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(FakeFiles.Find(kind, stored)!.Content, await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        var name = stored.Replace("original.", "", StringComparison.Ordinal);
        Assert.EndsWith($"-{kind.ToString().ToLowerInvariant()}-{capture.Split('/')[^1]}.{name}", response.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkout", "original.pb.gz", "checkout-alloc-c1-0000.pb.gz")]
    [InlineData("checkout", "alloc.pb.gz", "checkout-alloc-c1-0000.alloc.pb.gz")]
    [InlineData("../Shop v2/\"x\"\n", "original.nettrace", "_Shop_v2__x__-alloc-c1-0000.nettrace")]
    [InlineData("", "cpu.csv", "alloc-c1-0000.cpu.csv")]
    public void Download_IsNamedAfterServiceKindAndCapture(string service, string file, string expected) =>
        Assert.Equal(expected, CaptureFileNames.DownloadOf(new() { CaptureId = "c1-0000", CampaignId = "c", InstanceId = "i", Service = service, Kind = CaptureKind.Alloc }, file));

    [Fact]
    public async Task File_KnownByTag_IsNotSentAgain()
    {
        using var client = fixture.Portal.Authorised();
        using var first = await client.GetAsync($"{Trace}/files/cpu.flame.json", Cancel);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{Trace}/files/cpu.flame.json");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await client.SendAsync(again, Cancel);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task File_Json_TravelsCompressed(string encoding)
    {
        using var client = fixture.Portal.Authorised();
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));

        using var response = await client.GetAsync($"{Trace}/files/cpu.flame.json", Cancel);

        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        Assert.True((await response.Content.ReadAsByteArrayAsync(Cancel)).Length < FakeFiles.Find(CaptureKind.Trace, "cpu.flame.json")!.Content.Length / 2);
    }

    [Theory]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%2e%2e%2foriginal.nettrace")]
    [InlineData("..%5coriginal.nettrace")]
    [InlineData("original.nettrace%00.json")]
    [InlineData(".hidden")]
    [InlineData("a%0d%0aSet-Cookie:x=y")]
    [InlineData("%E2%80%AEnosj.emalf")]
    [InlineData("no-such-file.json")]
    public async Task File_NameThatNamesNothing_IsNotFound(string name)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync($"{Trace}/files/{name}", Cancel);

        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{response.StatusCode}");
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task File_SiloRedirects_IsNotFollowed()
    {
        await using var silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));
        await using var portal = await PortalUnderTest.StartAsync(silo);
        using var client = portal.Authorised();
        silo.World.FileLink = $"{silo.World.FileServer}/elsewhere";

        using var redirected = await client.GetAsync($"{Trace}/files/cpu.flame.json", Cancel);
        await redirected.ProblemAsync(HttpStatusCode.BadGateway);
        Assert.Null(redirected.Headers.Location);

        foreach (var link in new[] { "http://127.0.0.1:1/", "file:///etc/passwd", "not a link" })
        {
            silo.World.FileLink = link;
            using var failed = await client.GetAsync($"{Trace}/files/cpu.flame.json", Cancel);
            await failed.ProblemAsync(HttpStatusCode.BadGateway);
            Assert.Null(failed.Headers.ETag);
        }
    }

    /// <summary>The silo was reached: where to look is in what it says.</summary>
    [Theory]
    [InlineData(503, HttpStatusCode.ServiceUnavailable)]
    [InlineData(500, HttpStatusCode.BadGateway)]
    public async Task File_SiloSaysWhyNot_IsToldToTheCaller(int answered, HttpStatusCode told)
    {
        await using var silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));
        await using var portal = await PortalUnderTest.StartAsync(silo);
        using var client = portal.Authorised();
        silo.World.FileLink = $"{silo.World.FileServer}/refused?status={answered}";

        using var failed = await client.GetAsync($"{Trace}/files/cpu.flame.json", Cancel);

        Assert.Equal(told == HttpStatusCode.ServiceUnavailable, failed.Headers.RetryAfter is not null);
        Assert.Null(failed.Headers.ETag);
        var problem = await failed.ProblemAsync(told);
        Assert.Equal("The bucket fleetprof does not exist.", problem["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task Export_OfFailedCapture_SaysWhyAndWhatNext()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync("/api/v1/captures/01k0000000000000000000part-0004/export?format=nettrace", Cancel);

        Assert.Contains("Capture another instance", (string)(await response.ProblemAsync(HttpStatusCode.Conflict))["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_OfQuarantinedCapture_HoldTheOriginal()
    {
        using var client = fixture.Portal.Authorised();

        var files = await client.JsonAsync("/api/v1/captures/01k0000000000000000000part-0014/files");

        Assert.Equal("original.nettrace", (string?)Assert.Single(files.AsArray())!["name"]);
    }

    [Fact]
    public void Formats_OfEveryKindOfDotNet_IncludeTheOriginal() =>
        Assert.All(Enum.GetValues<CaptureKind>().Except([CaptureKind.Goroutines]), kind => Assert.Contains(ExportFormat.Nettrace, CaptureFileNames.FormatsOf(new() { CaptureId = "c", CampaignId = "c", InstanceId = "i", Service = "s", Kind = kind })));
}

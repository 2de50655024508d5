using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Hosting;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ConnectionFileTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Portal_Ready_WritesUrlTokenAndLoginUrlForItsOwnerOnly()
    {
        var portal = fixture.Portal;
        var path = Path.Combine(portal.Folder, "connection.json");
        await WaitForAsync(path);
        var connection = JsonNode.Parse(await File.ReadAllTextAsync(path, Cancel))!;
        using var client = portal.Anonymous();

        Assert.Equal(portal.Url, (string?)connection["url"]);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync((string)connection["loginUrl"]!, Cancel)).StatusCode);
        using var program = portal.Anonymous();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)connection["token"]!);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/services", Cancel)).StatusCode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Portal_WithAPublicUrl_TellsItInTheFileAndInLinks()
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, "--FleetProf:Portal:PublicUrl=https://portal.example:8443/");
        var path = Path.Combine(portal.Folder, "connection.json");
        await WaitForAsync(path);
        using var program = portal.Authorised();

        var connection = await ConnectionFile.ReadAsync(path, Cancel);
        var login = (string)(await (await program.PostAsync("/api/v1/login-links", new { })).JsonAsync())["loginUrl"]!;
        var setup = (string)(await (await program.PostAsync("/api/v1/setup-links", new { })).JsonAsync())["setupUrl"]!;

        Assert.Equal(("https://portal.example:8443", portal.Url), (connection!.Url, connection.LocalUrl));
        Assert.All([connection.LoginUrl, login], link => Assert.StartsWith("https://portal.example:8443/login?t=", link, StringComparison.Ordinal));
        Assert.StartsWith("https://portal.example:8443/setup?t=", setup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portal_WithoutAPublicUrl_WritesNoSecondAddress()
    {
        var portal = fixture.Portal;
        var path = Path.Combine(portal.Folder, "connection.json");
        await WaitForAsync(path);

        Assert.Equal(["url", "token", "loginUrl"], JsonNode.Parse(await File.ReadAllTextAsync(path, Cancel))!.AsObject().Select(pair => pair.Key));
    }

    [Fact]
    public async Task Write_OverReadableFile_LeavesNoMomentWithOldMode()
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-connection-");
        var path = Path.Combine(folder.FullName, "deeper", "connection.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "{}", Cancel);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        await new ConnectionFile("http://a", "t", "l").WriteAsync(path, Cancel);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(new ConnectionFile("http://a", "t", "l"), await ConnectionFile.ReadAsync(path, Cancel));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        folder.Delete(recursive: true);
    }

    private static async Task WaitForAsync(string path)
    {
        for (var i = 0; i < 3_000 && !File.Exists(path); i++)
        {
            await Task.Delay(20, Cancel);
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FleetProf.Portal.Connection;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

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

    /// <summary>A folder is in the file's place: each try gets as far as the draft beside it.</summary>
    [Fact]
    public async Task Portal_FileThatCannotBeWritten_MakesOneLinkAndOneTokenHoweverOftenItTries()
    {
        await using var silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));
        await using var portal = await PortalUnderTest.StartAsync(silo);
        await WaitForAsync(Path.Combine(portal.Folder, "connection.json"));
        var before = silo.World.LoginCodes.Count;
        var path = Directory.CreateDirectory(Path.Combine(portal.Folder, "second.json")).FullName;
        var clock = new FakeTimeProvider();
        using var announcement = AnnouncementOf(portal, path, clock);
        await announcement.StartAsync(Cancel);
        var tokens = new HashSet<string>();
        for (var tries = 0; tries < 5; tries++)
        {
            await AdvanceUntilAsync(clock, $"{path}.new");
            tokens.Add(silo.World.Tokens[CliToken.NameFor(path, Environment.MachineName)]);
            File.Delete($"{path}.new");
        }

        Directory.Delete(path);
        await AdvanceUntilAsync(clock, path);

        var connection = await ConnectionFile.ReadAsync(path, Cancel);
        Assert.Equal(Assert.Single(tokens), connection?.Token);
        Assert.Equal(before + 1, silo.World.LoginCodes.Count);
        Assert.Contains(Uri.UnescapeDataString(connection!.LoginUrl.Split("?t=")[1]), silo.World.LoginCodes.Keys);
        await announcement.StopAsync(Cancel);
    }

    /// <summary>A link lives for a day.</summary>
    [Fact]
    public async Task Portal_FileThatCannotBeWrittenForADay_HasALinkThatIsStillGood()
    {
        await using var silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));
        await using var portal = await PortalUnderTest.StartAsync(silo);
        await WaitForAsync(Path.Combine(portal.Folder, "connection.json"));
        var path = Directory.CreateDirectory(Path.Combine(portal.Folder, "second.json")).FullName;
        var clock = new FakeTimeProvider();
        using var announcement = AnnouncementOf(portal, path, clock);
        await announcement.StartAsync(Cancel);
        await AdvanceUntilAsync(clock, $"{path}.new");
        var madeFirst = silo.World.LoginCodes.Keys.ToHashSet();
        File.Delete($"{path}.new");

        clock.Advance(TimeSpan.FromHours(25));
        Directory.Delete(path);
        await AdvanceUntilAsync(clock, path);

        var connection = await ConnectionFile.ReadAsync(path, Cancel);
        Assert.DoesNotContain(Uri.UnescapeDataString(connection!.LoginUrl.Split("?t=")[1]), madeFirst);
        await announcement.StopAsync(Cancel);
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

    private static Announcement AnnouncementOf(PortalUnderTest portal, string path, TimeProvider clock)
    {
        var (services, cluster) = (portal.App.Services, portal.App.Services.GetRequiredService<IClusterClient>());
        return new(
            new PortalOptions { ConnectionFile = path }, services.GetRequiredService<PortalAddress>(), services.GetRequiredService<SiloConnection>(), cluster,
            new CliToken(cluster, clock, NullLogger<CliToken>.Instance), portal.App.Lifetime, clock, NullLogger<Announcement>.Instance);
    }

    /// <summary>Until there is such a file, however long the pause before it is.</summary>
    private static async Task AdvanceUntilAsync(FakeTimeProvider clock, string path)
    {
        for (var i = 0; i < 3_000 && !File.Exists(path); i++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(20, Cancel);
        }

        Assert.True(File.Exists(path), $"{path} was not written.");
    }

    private static async Task WaitForAsync(string path)
    {
        for (var i = 0; i < 3_000 && !File.Exists(path); i++)
        {
            await Task.Delay(20, Cancel);
        }
    }
}

using System.Net;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Layout;

public sealed class ScriptFolderTests(PortalFixture fixture)
{
    private const string Script = "gcpauses/trends.js";

    private ScriptFolder Folder => fixture.Portal.App.Services.GetRequiredService<ScriptFolder>();

    [Fact]
    public async Task Script_OfThisVersion_IsTheFileAndIsKeptForGood()
    {
        using var client = fixture.Portal.Anonymous();

        using var answer = await client.GetAsync($"/{Folder[Script]}", TestContext.Current.CancellationToken);

        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl?.ToString());
        Assert.Equal(await client.GetStringAsync($"/{Script}", TestContext.Current.CancellationToken), await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A page that was opened before the portal was replaced still finds its scripts, but must not keep them by that name.</summary>
    [Fact]
    public async Task Script_OfAnotherVersion_IsAnsweredAndNotKept()
    {
        using var client = fixture.Portal.Anonymous();

        using var answer = await client.GetAsync($"/scripts/0123456789ab/{Script}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("immutable", answer.Headers.CacheControl?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-script.js")]
    [InlineData("api/v1/services")]
    [InlineData("api/v1/captures/01k0000000000000000000done-0000/files/made-up.js")]
    public async Task Path_OfNoScript_IsNotKept(string path)
    {
        using var client = fixture.Portal.Authorised();

        using var answer = await client.GetAsync($"/{Folder[path]}", TestContext.Current.CancellationToken);

        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("immutable", answer.Headers.CacheControl?.ToString() ?? "", StringComparison.Ordinal);
    }
}

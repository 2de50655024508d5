using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.TestKit.Goldens;

namespace FleetProf.Portal.Tests.Hosting;

public sealed class OpenApiTests(PortalFixture fixture)
{
    [Fact]
    public async Task Document_OfTheInterface_IsTheCheckedInOne()
    {
        using var client = fixture.Portal.Authorised();

        Golden.Verify(await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken), "openapi.json");
    }

    [Fact]
    public async Task Document_EveryOperation_HasANameASummaryAndATag()
    {
        using var client = fixture.Portal.Authorised();
        var document = await client.JsonAsync("/openapi/v1.json");

        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            Assert.StartsWith("/api/v1/", path, StringComparison.Ordinal);
            foreach (var (method, operation) in item!.AsObject())
            {
                Assert.True(operation!["operationId"] is not null && operation["summary"] is not null && operation["tags"] is not null, $"{method} {path}");
            }
        }
    }
}

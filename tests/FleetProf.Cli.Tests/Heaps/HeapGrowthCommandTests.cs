using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Heaps;

namespace FleetProf.Cli.Tests.Heaps;

public sealed class HeapGrowthCommandTests
{
    [Fact]
    public async Task Growth_OfAServiceOfGo_AsksForNoSecondSnapshot()
    {
        using var portal = new StubPortal().On("GET /api/v1/services/ledger/heap-growth", new HeapGrowthReport { Service = "ledger", GoProfiles = 4, Rows = [] });

        var run = await CliRun.OfAsync(portal, "heap", "growth", "ledger");

        Assert.Equal("profiles of Go have no types and references; their difference shows which functions have more in use: see /profiles/diff in the portal", run.Error.TrimEnd());
    }
}

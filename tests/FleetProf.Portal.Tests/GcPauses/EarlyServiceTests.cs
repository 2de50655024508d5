using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class EarlyServiceTests
{
    [Theory]
    [InlineData("services/shop?range=6h", "shop")]
    [InlineData("services/team%2Fshop", "team/shop")]
    [InlineData("services/shop/gc?number=1", null)]
    [InlineData("services/team%2Fshop/gc", null)]
    [InlineData("services/", null)]
    [InlineData("captures/shop", null)]
    public async Task Of_AnAddress_IsTheServiceWhosePageItIs(string path, string? expected)
    {
        var cluster = PlayedGrains.Cluster((method, arguments) => method == nameof(IHoldGrain.ListAsync)
            ? Task.FromResult<IReadOnlyList<CaptureHold>>([])
            : Task.FromResult<ServiceRow?>(new() { Service = (string)arguments[0]! }));

        Assert.Equal(expected, (await EarlyService.OfAsync(path, cluster))?.Service);
    }
}

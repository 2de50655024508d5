using FleetProf.Portal.GcPauses;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class TrendAddressTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 720)]
    [InlineData(200, 86_400)]
    [InlineData(400, 86_400)]
    public void Step_OfInstancesOverDays_IsNoLongerThanThePortalTakes(int days, int step) =>
        Assert.Contains($"&step={step}&", TrendAddress.Of("checkout", new ServicePageState { IsPerInstance = true }.Between(Noon.AddDays(-days), Noon), Noon), StringComparison.Ordinal);
}

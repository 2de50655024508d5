using FleetProf.Silo.Gateway.Agents;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Gateway.Agents;

public sealed class CapturePlaceTests
{
    private readonly SteppedClock clock = new();

    [Fact]
    public void Holders_WallClockSetBack_KeepThePlaceNoLonger()
    {
        var place = new CapturePlace(clock);
        place.Settle(["c1#1"]);
        clock.StepBack();
        Assert.Equal(["c1#1"], place.Holders);

        clock.Advance(CapturePlace.Slack);

        Assert.Empty(place.Holders);
    }
}

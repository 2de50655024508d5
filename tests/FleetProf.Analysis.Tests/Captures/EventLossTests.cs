using FleetProf.Analysis.Captures;

namespace FleetProf.Analysis.Tests.Captures;

public sealed class EventLossTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(950, 50, false)]
    [InlineData(949, 51, true)]
    [InlineData(0, 1, true)]
    [InlineData(long.MaxValue, 1, false)]
    [InlineData(long.MaxValue, long.MaxValue, true)]
    public void Loss_OfMoreThanATwentieth_IsMuch(long seen, long lost, bool isMuch) => Assert.Equal(isMuch, EventLoss.IsMuch(seen, lost));
}

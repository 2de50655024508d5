using FleetProf.Analysis.Budgets;

namespace FleetProf.Analysis.Tests.Budgets;

public sealed class HeapStallRatesTests
{
    [Fact]
    public void Rates_OfEarlierSnapshots_AreTheSlowestStopAndTheSmallestObjects() =>
        Assert.Equal(new HeapStallRates(0.5, 60, 2), HeapStallRates.Of([(500, 1_000_000, 80_000_000), (200, 1_000_000, 60_000_000)]));

    [Fact]
    public void Rates_WithoutATellingSnapshot_AreTheMostCareful() =>
        Assert.Equal(HeapStallRates.Unknown, HeapStallRates.Of([(50, 1_000, 100_000), (0, 5_000_000, 900_000_000), (10, 200_000, 0)]));
}

using FleetProf.Analysis.Budgets;

namespace FleetProf.Analysis.Tests.Budgets;

public sealed class HeapStallRatesTests
{
    [Fact]
    public void Rates_OfEarlierSnapshots_AreTheSlowestStopAndTheSmallestObjects() =>
        Assert.Equal(new HeapStallRates(0.5, 60, 2), HeapStallRates.Of([("a", 500, 1_000_000, 80_000_000), ("b", 300, 1_000_000, 60_000_000)], "c"));

    [Fact]
    public void Rates_WithoutATellingSnapshot_AreTheMostCareful() =>
        Assert.Equal(HeapStallRates.Unknown, HeapStallRates.Of([("a", 50, 1_000, 100_000), ("a", 0, 5_000_000, 900_000_000), ("a", 10, 200_000, 0)], "a"));

    [Fact]
    public void Rates_OfManySnapshots_AreThoseOfTheLatestTenThatTell()
    {
        var (cut, earlier) = (("a", 0.0, 5_000_000L, 900_000_000L), ("a", 900.0, 1_000_000L, 20_000_000L));
        IEnumerable<(string, double, long, long)> latest = Enumerable.Repeat(("a", 300.0, 1_000_000L, 80_000_000L), 10);

        Assert.Equal(new HeapStallRates(0.3, 80, 10), HeapStallRates.Of([.. Enumerable.Repeat(cut, 10), .. latest, earlier], "a"));
    }

    /// <summary>A host that was taken over says that nothing is felt of a snapshot, and that all objects are huge.</summary>
    [Fact]
    public void Rates_OfOneHostThatLies_ForetellAStopForTheOthers()
    {
        (string, double, long, long) lie = ("taken", 0.001, 100_000, 100_000_000_000);

        Assert.Equal(new HeapStallRates(0.25, 500, 1), HeapStallRates.Of([lie], "honest"));
        Assert.Equal(new HeapStallRates(0.4, 80, 2), HeapStallRates.Of([lie, ("honest", 400, 1_000_000, 80_000_000)], "another"));
    }

    [Fact]
    public void Rates_OfLargeObjects_AreBelievedOfTheHostItselfAndOfTwo()
    {
        (string, double, long, long) first = ("a", 100, 200_000, 2_000_000_000), second = ("b", 100, 200_000, 1_600_000_000);

        Assert.Equal(10_000, HeapStallRates.Of([first], "a").BytesPerObject);
        Assert.Equal(8_000, HeapStallRates.Of([first, second], "c").BytesPerObject);
    }
}

using FleetProf.Agent.Control;

namespace FleetProf.Agent.Tests.Control;

public class ReconnectDelayTests
{
    [Fact]
    public void First_OnLoopback_AreAtMostAQuarterOfASecondAndLaterOnesAtMostAMinute()
    {
        var delay = new ReconnectDelay(isLoopback: true, new Random(7));
        Assert.All(Enumerable.Range(0, 240).Select(_ => delay.Next()), wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(0.25)));
        var later = Enumerable.Range(0, 2000).Select(_ => delay.Next()).ToList();
        Assert.InRange(later.Max(), TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(60));
        // Full jitter: nobody waits for a fixed part of it.
        Assert.InRange(later.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        delay.Reset();
        Assert.InRange(delay.Next(), TimeSpan.Zero, TimeSpan.FromSeconds(0.25));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Next_Elsewhere_IsSpreadOverHalfAMinuteHoweverOftenItWasTried(int triesBefore)
    {
        var random = new Random(7);
        var waits = Enumerable.Range(0, 2000).Select(_ =>
        {
            var delay = new ReconnectDelay(isLoopback: false, random);
            for (var i = 0; i < triesBefore; i++) delay.Next();
            return delay.Next();
        }).ToList();
        Assert.InRange(waits.Max(), TimeSpan.FromSeconds(28), TimeSpan.FromSeconds(30));
        Assert.InRange(waits.Average(wait => wait.TotalSeconds), 14, 16);
    }

    [Fact]
    public void Next_SiloWantsAShorterSpread_IsShortForHalfAMinuteAndThenAsElsewhere()
    {
        var delay = new ReconnectDelay(isLoopback: false, new Random(7));
        delay.Spread(TimeSpan.FromSeconds(2));
        var early = Enumerable.Range(0, 30).Select(_ => delay.Next()).ToList();
        Assert.All(early, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        Assert.InRange(early.Sum(wait => wait.TotalSeconds), 20, 40);
        var later = Enumerable.Range(0, 2000).Select(_ => delay.Next()).ToList();
        Assert.InRange(later.Max(), TimeSpan.FromSeconds(28), TimeSpan.FromSeconds(30));
        // Another silo, which does not say.
        delay.Reset();
        delay.Spread(TimeSpan.Zero);
        Assert.InRange(Enumerable.Range(0, 2000).Max(_ => delay.Next()), TimeSpan.FromSeconds(28), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(5u, 5, 6)]
    [InlineData(0u, 600, 660)]
    [InlineData(uint.MaxValue, 86_400, 86_401)]
    public void After_Refusal_WaitsAtLeastWhatTheSiloWants(uint retryAfter, double least, double most) =>
        Assert.InRange(new ReconnectDelay(isLoopback: true, new Random(1)).After(retryAfter).TotalSeconds, least, most);

    [Fact]
    public void AfterTooOften_OnLoopback_IsSomeSecondsHoweverOftenItWasTriedAndThenShortAgain()
    {
        var delay = new ReconnectDelay(isLoopback: true, new Random(7));
        for (var i = 0; i < 1_000; i++) delay.Next();
        Assert.All(Enumerable.Range(0, 100).Select(_ => delay.AfterTooOften()), wait => Assert.InRange(wait, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
        Assert.InRange(delay.Next(), TimeSpan.Zero, TimeSpan.FromSeconds(0.25));
        Assert.InRange(Enumerable.Range(0, 2000).Max(_ => new ReconnectDelay(isLoopback: false, new Random(7)).AfterTooOften()), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void After_PlaceThatTheSiloKeeps_IsExactlyThen() =>
        Assert.Equal(TimeSpan.FromMilliseconds(41_250), new ReconnectDelay(isLoopback: false, new Random(1)).After(TimeSpan.FromMilliseconds(41_250)));
}

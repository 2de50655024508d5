using FleetProf.Agent.Control;

namespace FleetProf.Agent.Tests.Control;

public class ReconnectDelayTests
{
    [Fact]
    public void First_OnLoopback_AreAtMostASecondAndLaterOnesAtMostAMinute()
    {
        var delay = new ReconnectDelay(isLoopback: true, new Random(7));
        Assert.All(Enumerable.Range(0, 60).Select(_ => delay.Next()), wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        var later = Enumerable.Range(0, 2000).Select(_ => delay.Next()).ToList();
        Assert.InRange(later.Max(), TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(60));
        // Full jitter: nobody waits for a fixed part of it.
        Assert.InRange(later.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        delay.Reset();
        Assert.InRange(delay.Next(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void First_Elsewhere_IsSpreadOverHalfAMinute()
    {
        var random = new Random(7);
        var firsts = Enumerable.Range(0, 2000).Select(_ => new ReconnectDelay(isLoopback: false, random).Next()).ToList();
        Assert.InRange(firsts.Max(), TimeSpan.FromSeconds(28), TimeSpan.FromSeconds(30));
        Assert.InRange(firsts.Average(wait => wait.TotalSeconds), 14, 16);
    }

    [Theory]
    [InlineData(5u, 5, 5.5)]
    [InlineData(0u, 600, 660)]
    [InlineData(uint.MaxValue, 86_400, 95_040)]
    public void After_Refusal_WaitsAtLeastWhatTheSiloWants(uint retryAfter, double least, double most) =>
        Assert.InRange(new ReconnectDelay(isLoopback: true, new Random(1)).After(retryAfter).TotalSeconds, least, most);
}

using FleetProf.Cli.Up;

namespace FleetProf.Cli.Tests.Up;

public sealed class BackoffTests
{
    [Fact]
    public void After_QuickDeaths_DoublesUpToHalfAMinute()
    {
        var backoff = new Backoff();

        var waits = Enumerable.Range(0, 9).Select(_ => backoff.After(TimeSpan.FromSeconds(1)).TotalSeconds);

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30, 30], waits);
    }

    [Fact]
    public void After_AMinuteOfLife_IsAtOnceAndStartsAgain()
    {
        var backoff = new Backoff();
        for (var i = 0; i < 5; i++)
        {
            backoff.After(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 0.5, 1], new[] { backoff.After(TimeSpan.FromMinutes(2)), backoff.After(TimeSpan.FromSeconds(1)), backoff.After(TimeSpan.FromSeconds(1)) }.Select(wait => wait.TotalSeconds));
    }
}

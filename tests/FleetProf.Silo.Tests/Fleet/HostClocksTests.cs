using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Fleet;

public sealed class HostClocksTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider time = new(Noon);
    private readonly LiveFleet fleet;
    private readonly HostClocks clocks;

    public HostClocksTests()
    {
        fleet = new LiveFleet(time);
        clocks = new HostClocks(fleet, time);
    }

    [Fact]
    public void Skew_OfAHost_ShowsOnItsInstancesOnly()
    {
        Show("ahead", "one");
        Show("right", "two");
        clocks.Heard("ahead", Noon.AddSeconds(90).ToUnixTimeMilliseconds(), Noon.AddMilliseconds(5));
        Show("ahead", "one", "three");

        Assert.Equal([89_995.0, 89_995.0], ((string[])["one", "three"]).Select(id => fleet.Find(id)!.ClockSkewMs!.Value));
        Assert.Null(fleet.Find("two")!.ClockSkewMs);
    }

    [Fact]
    public void Skew_ThatHardlyChanges_IsNoNews()
    {
        Show("agent", "one");
        clocks.Heard("agent", Noon.ToUnixTimeMilliseconds(), Noon);
        var version = fleet.ChangesSince(0).Version;

        clocks.Heard("agent", Noon.AddSeconds(10).AddMilliseconds(40).ToUnixTimeMilliseconds(), Noon.AddSeconds(10));
        clocks.Heard("agent", 0, Noon.AddSeconds(20));

        Assert.Equal(version, fleet.ChangesSince(0).Version);
    }

    /// <summary>One message alone is not believed that a clock was set back, unless nothing is known of the clock any more.</summary>
    [Theory]
    [InlineData(59, 90_000d)]
    [InlineData(60, 10_000d)]
    public void Skew_OfAnAgentThatWasSilentForAnHour_IsMeasuredAnew(int minutes, double shown)
    {
        Show("agent", "one");
        Hear("agent", 90);
        time.Advance(TimeSpan.FromMinutes(minutes));
        Hear("other", 0);

        Hear("agent", 10);

        Assert.Equal(shown, fleet.Find("one")!.ClockSkewMs);
    }

    [Fact]
    public void Skew_OfAnAgentThatGoesOnTelling_StaysWhenOthersAreForgotten()
    {
        Show("agent", "one");
        for (var minutes = 0; minutes < 80; minutes += 20)
        {
            Hear("agent", 90);
            time.Advance(TimeSpan.FromMinutes(20));
        }

        Hear("agent", 10);

        Assert.Equal(90_000d, fleet.Find("one")!.ClockSkewMs);
    }

    private void Hear(string agentId, int secondsAhead)
    {
        var now = time.GetUtcNow();
        clocks.Heard(agentId, now.AddSeconds(secondsAhead).ToUnixTimeMilliseconds(), now);
    }

    private void Show(string agentId, params string[] ids) =>
        fleet.ShowInventory(agentId, [.. ids.Select(id => new Instance { InstanceId = id, Service = "shop", AgentId = agentId })]);
}

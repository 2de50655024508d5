using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Fleet;

public sealed class HostClocksTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private readonly LiveFleet fleet = new(new FakeTimeProvider(Noon));
    private readonly HostClocks clocks;

    public HostClocksTests() => clocks = new HostClocks(fleet);

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

    private void Show(string agentId, params string[] ids) =>
        fleet.ShowInventory(agentId, [.. ids.Select(id => new Instance { InstanceId = id, Service = "shop", AgentId = agentId })]);
}

using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Fleet;

namespace FleetProf.Portal.Tests.Fleet;

public sealed class FleetTableTests
{
    [Theory]
    [InlineData(".NET 10.0.12", "10.0.12")]
    [InlineData("10.0.12", "10.0.12")]
    [InlineData("", "")]
    public void Runtime_OfADescription_IsItsNumber(string runtime, string shown) =>
        Assert.Equal(shown, FleetTable.RuntimeOf(new() { InstanceId = "i", Service = "s", AgentId = "a", LastSeenAt = DateTimeOffset.UnixEpoch, Runtime = runtime }));

    [Theory]
    [InlineData("", "pid 42")]
    [InlineData("cart-7d9f-1", "cart-7d9f-1")]
    [InlineData("checkout-7d9f5b6c8-x2x9z", "…d9f5b6c8-x2x9z")]
    public void Process_OfAPod_ShowsTheEndThatTellsItApart(string pod, string shown)
    {
        var instance = new Instance { InstanceId = "i", Service = "s", AgentId = "a", LastSeenAt = DateTimeOffset.UnixEpoch, Pid = 42, Pod = pod };

        Assert.Equal(shown, FleetTable.ProcessOf(instance));
    }
}

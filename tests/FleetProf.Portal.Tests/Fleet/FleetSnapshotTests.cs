using FleetProf.Contracts.Access;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Fleet;

namespace FleetProf.Portal.Tests.Fleet;

public sealed class FleetSnapshotTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void With_Changes_KeepsTheRest()
    {
        var before = FleetSnapshot.Empty.With(Changes(1, isFull: true, "a", "b"), Now);

        var after = before.With(new() { Version = 2, Changed = [Row("b", "2.0"), Row("c")], Removed = ["a"] }, Now);

        Assert.Equal(["b", "c"], after.Instances.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("2.0", after.Instances["b"].Version);
        Assert.Equal(["a", "b"], before.Instances.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void With_FullAnswerAfterARestart_ForgetsWhatIsGone()
    {
        var before = FleetSnapshot.Empty.With(Changes(900, isFull: true, "a", "b"), Now) with { Problem = "away" };

        var after = before.With(Changes(3, isFull: true, "b"), Now);

        Assert.Equal((3, null), (after.Version, after.Problem));
        Assert.Equal(["b"], after.Instances.Keys);
    }

    [Theory]
    [InlineData("checkout", "a")]
    [InlineData("check*", "a", "b")]
    [InlineData(Grants.AllServices, "a", "b", "c")]
    [InlineData("no-such")]
    public void For_GrantsOfOneService_LeavesTheOthersOut(string service, params string[] expected)
    {
        var all = FleetSnapshot.Empty.With(new() { Version = 1, IsFull = true, Changed = [Row("a", service: "checkout"), Row("b", service: "checkout-eu"), Row("c", service: "payroll")] }, Now);

        var shown = all.For(new() { Role = Role.Viewer, Services = [service] });

        Assert.Equal(expected, shown.Instances.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((all.Version, all.AsOf), (shown.Version, shown.AsOf));
    }

    private static FleetChanges Changes(long version, bool isFull, params string[] ids) => new() { Version = version, IsFull = isFull, Changed = [.. ids.Select(id => Row(id))] };

    private static Instance Row(string id, string version = "1.0", string service = "s") => new() { InstanceId = id, Service = service, AgentId = "a", Version = version };
}

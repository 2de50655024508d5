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

    private static FleetChanges Changes(long version, bool isFull, params string[] ids) => new() { Version = version, IsFull = isFull, Changed = [.. ids.Select(id => Row(id))] };

    private static Instance Row(string id, string version = "1.0") => new() { InstanceId = id, Service = "s", AgentId = "a", Version = version };
}

using CsCheck;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Fleet;

public sealed class LiveFleetTests
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly LiveFleet fleet;

    public LiveFleetTests() => fleet = new LiveFleet(clock);

    [Fact]
    public void IsLookedAt_ForHalfAMinuteAfterSomebodyAsked_AndNotByWhatTheSiloAsksItself()
    {
        fleet.Find("a");
        fleet.List();
        Assert.False(fleet.IsLookedAt);

        fleet.ChangesSince(0);
        Assert.True(fleet.IsLookedAt);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(fleet.IsLookedAt);
        fleet.LookAt("a");
        Assert.True(fleet.IsLookedAt);
    }

    /// <summary>Each silo asks the others every second: with two of them somebody would look for ever.</summary>
    [Fact]
    public void IsLookedAt_WhileOnlyOtherSilosAsk_IsFalse()
    {
        fleet.OwnChangesSince(0);
        Assert.False(fleet.IsLookedAt);
    }

    [Fact]
    public void IsLookedAt_WallClockSetBack_EndsAllTheSame()
    {
        var stepped = new SteppedClock();
        var fleet = new LiveFleet(stepped);
        fleet.ChangesSince(0);
        stepped.StepBack();

        stepped.Advance(TimeSpan.FromSeconds(30));

        Assert.False(fleet.IsLookedAt);
    }

    [Fact]
    public void ListLost_ForSoLong_HasThoseThatWereLostSinceAndAreNotBack()
    {
        fleet.Restore([Instances.Of("known") with { AgentId = "agent0" }, Instances.Of("gone") with { AgentId = "agent2", State = InstanceState.Unreachable }]);
        fleet.ShowInventory("agent1", [Instances.Of("a"), Instances.Of("b")]);
        clock.Advance(TimeSpan.FromSeconds(90));
        fleet.ShowUnreachable("agent1");
        Assert.Equal(["a", "b", "known"], Lost());

        // Of an agent that is lost nothing is new, however often it is told.
        fleet.ShowUnreachable("agent1");
        clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(["a", "b"], Lost());
        fleet.ShowInventory("agent1", [Instances.Of("b")]);
        Assert.Empty(Lost());

        IEnumerable<string> Lost() => fleet.ListLost(TimeSpan.FromMinutes(3)).Select(instance => instance.InstanceId).Order();
    }

    [Fact]
    public void ShowVitals_OfALiveInstance_IsOneChange()
    {
        fleet.ShowInventory("agent1", [Instances.Of("a"), Instances.Of("b")]);
        var before = fleet.ChangesSince(0);

        fleet.ShowVitals("agent1", "a", new InstanceVitals { GcCount = 7 });

        var changes = fleet.ChangesSince(before.Version);
        Assert.Equal((true, 2), (before.IsFull, before.Changed.Count));
        Assert.Equal((false, "a", 7), (changes.IsFull, changes.Changed.Single().InstanceId, changes.Changed.Single().Vitals!.GcCount));
        Assert.Equal(7, fleet.Find("a")!.Vitals!.GcCount);
        Assert.Empty(fleet.ChangesSince(changes.Version).Changed);
    }

    [Fact]
    public void ShowVitals_OfUnknownOrForeignInstance_ChangesNothing()
    {
        fleet.ShowInventory("agent1", [Instances.Of("a")]);
        var version = fleet.ChangesSince(0).Version;

        fleet.ShowVitals("agent2", "a", new InstanceVitals());
        fleet.ShowVitals("agent1", "b", new InstanceVitals());

        Assert.Equal(version, fleet.ChangesSince(version).Version);
    }

    [Fact]
    public void ShowInventory_WithoutAnInstance_RemovesItAndKeepsVitalsOfTheOthers()
    {
        fleet.ShowInventory("agent1", [Instances.Of("a"), Instances.Of("b")]);
        fleet.ShowInventory("agent2", [Instances.Of("c", "agent2")]);
        fleet.ShowVitals("agent1", "a", new InstanceVitals { GcCount = 7 });
        var version = fleet.ChangesSince(0).Version;

        fleet.ShowInventory("agent1", [Instances.Of("a")]);

        Assert.Equal(["b"], fleet.ChangesSince(version).Removed);
        Assert.Equal(7, fleet.Find("a")!.Vitals!.GcCount);
        Assert.Equal(["a", "c"], fleet.List().Select(instance => instance.InstanceId).Order());
    }

    [Fact]
    public void ShowUnreachable_AgentLost_HidesItsInstancesFromAllButReadersOfChanges()
    {
        fleet.ShowInventory("agent1", [Instances.Of("a")]);
        var version = fleet.ChangesSince(0).Version;

        fleet.ShowUnreachable("agent1");

        Assert.Null(fleet.Find("a"));
        Assert.Empty(fleet.List());
        Assert.Equal(InstanceState.Unreachable, fleet.ChangesSince(version).Changed.Single().State);
        fleet.ForgetUnreachable(["a"]);
        Assert.Equal(["a"], fleet.ChangesSince(version).Removed);
    }

    [Fact]
    public void Restore_AfterTheAgentWasFaster_KeepsWhatTheAgentSaid()
    {
        fleet.ShowInventory("agent1", [Instances.Of("a")]);

        fleet.Restore([Instances.Of("a") with { State = InstanceState.Unreachable }, Instances.Of("b") with { State = InstanceState.Unreachable }]);

        Assert.NotNull(fleet.Find("a"));
        Assert.Null(fleet.Find("b"));
        fleet.ForgetUnreachable(["a", "b"]);
        Assert.Equal(["a"], fleet.ChangesSince(0).Changed.Select(instance => instance.InstanceId));
    }

    [Theory]
    [InlineData(59, 700.0)]
    [InlineData(60, null)]
    public void ForgetUnreachable_AgentWithoutInstancesThatTellsNothing_ForgetsItsClockAfterAnHour(int minutes, double? kept)
    {
        fleet.ShowClock("agent1", 700);
        clock.Advance(TimeSpan.FromMinutes(minutes));

        fleet.ForgetUnreachable([]);

        fleet.ShowInventory("agent1", [Instances.Of("a")]);
        Assert.Equal(kept, fleet.Find("a")!.ClockSkewMs);
    }

    [Fact]
    public void ForgetUnreachable_AgentThatIsHeardOrHasInstances_KeepsItsClock()
    {
        fleet.ShowClock("agent1", 700);
        fleet.ShowClock("agent2", 800);
        fleet.ShowInventory("agent2", [Instances.Of("b", "agent2")]);
        clock.Advance(TimeSpan.FromMinutes(50));
        // No other than before.
        fleet.ShowClock("agent1", 710);
        clock.Advance(TimeSpan.FromMinutes(50));

        fleet.ForgetUnreachable([]);

        fleet.ShowInventory("agent1", [Instances.Of("a")]);
        fleet.ShowInventory("agent2", [Instances.Of("b", "agent2")]);
        Assert.Equal((700d, 800d), (fleet.Find("a")!.ClockSkewMs!.Value, fleet.Find("b")!.ClockSkewMs!.Value));
    }

    [Fact]
    public void ChangesSince_VersionOfAnEarlierSilo_IsFull()
    {
        fleet.ShowInventory("agent1", [Instances.Of("a"), Instances.Of("b")]);
        var old = fleet.ChangesSince(0).Version;
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var restarted = new LiveFleet(clock);
        restarted.ShowInventory("agent1", [Instances.Of("a")]);

        Assert.True(restarted.ChangesSince(old).IsFull);
        Assert.True(fleet.ChangesSince(restarted.ChangesSince(0).Version).IsFull);
    }

    [Fact]
    public void ChangesSince_MoreRemovalsThanRemembered_IsFull()
    {
        var start = fleet.ChangesSince(0).Version;
        fleet.ShowInventory("agent1", [.. Enumerable.Range(0, 10_001).Select(i => Instances.Of($"i{i}"))]);
        var shown = fleet.ChangesSince(start);
        fleet.ShowInventory("agent1", []);

        Assert.Equal((false, 10_001), (shown.IsFull, shown.Changed.Count));
        Assert.True(fleet.ChangesSince(start).IsFull);
        Assert.True(fleet.ChangesSince(shown.Version).IsFull);
        Assert.False(fleet.ChangesSince(shown.Version + (1 << LiveFleet.TagBits)).IsFull);
    }

    /// <summary>Whoever applies all changes, however often or rarely, has what a first-time reader gets.</summary>
    [Fact]
    public void ChangesSince_AppliedByReadersOfAnyPace_EqualsTheWhole()
    {
        var step = Gen.Select(Gen.Int[0, 4], Gen.Int[1, 2], Gen.Int[0, 31]);
        Gen.Select(step.Array[0, 40], Gen.Int[1, 5]).Sample((steps, pace) =>
        {
            var live = new LiveFleet(clock);
            var copy = new Dictionary<string, Instance>();
            var version = 0L;
            for (var i = 0; i < steps.Length; i++)
            {
                Act(live, steps[i]);
                if (i % pace == 0)
                {
                    version = Apply(copy, live.ChangesSince(version));
                }
            }

            Apply(copy, live.ChangesSince(version));
            var whole = live.ChangesSince(0).Changed.ToDictionary(instance => instance.InstanceId);
            return whole.Count == copy.Count && whole.All(row => copy.GetValueOrDefault(row.Key) == row.Value);
        });
    }

    private static void Act(LiveFleet live, (int Action, int Agent, int Bits) step)
    {
        var agent = $"agent{step.Agent}";
        var ids = Enumerable.Range(0, 5).Where(bit => (step.Bits & 1 << bit) != 0).Select(bit => $"{agent}-{bit}").ToList();
        switch (step.Action)
        {
            case 0: live.ShowUnreachable(agent); break;
            case 1: live.ForgetUnreachable(ids); break;
            case 2: ids.ForEach(id => live.ShowVitals(agent, id, new InstanceVitals { GcCount = step.Bits })); break;
            default: live.ShowInventory(agent, [.. ids.Select(id => Instances.Of(id, agent))]); break;
        }
    }

    private static long Apply(Dictionary<string, Instance> copy, FleetChanges changes)
    {
        if (changes.IsFull)
        {
            copy.Clear();
        }

        foreach (var instance in changes.Changed)
        {
            copy[instance.InstanceId] = instance;
        }

        changes.Removed.ToList().ForEach(id => copy.Remove(id));
        return changes.Version;
    }
}

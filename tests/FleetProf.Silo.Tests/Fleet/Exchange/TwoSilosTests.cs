using CsCheck;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Hosting.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Fleet.Exchange;

/// <summary>Live fleets of two silos that tell each other, as the exchange does every second.</summary>
public sealed class TwoSilosTests
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly Silo one;
    private readonly Silo two;

    public TwoSilosTests() => (one, two) = (new Silo("one", clock), new Silo("two", clock));

    [Fact]
    public void Exchange_AgentsOnDifferentSilos_ShowsTheWholeFleetOnBoth()
    {
        one.Live.ShowInventory("agent1", [Instances.Of("a")]);
        two.Live.ShowInventory("agent2", [Instances.Of("b", "agent2")]);
        two.Live.ShowVitals("agent2", "b", new InstanceVitals { GcCount = 7 });

        Exchange();

        Assert.Equal(["a", "b"], Running(one));
        Assert.Equal(["a", "b"], Running(two));
        Assert.Equal(7, one.Live.Find("b")!.Vitals!.GcCount);
    }

    [Fact]
    public void Exchange_SecondTime_SendsOnlyWhatChangedAndNothingBack()
    {
        one.Live.ShowInventory("agent1", [Instances.Of("a"), Instances.Of("b")]);
        Exchange();
        one.Live.ShowVitals("agent1", "b", new InstanceVitals { GcCount = 1 });
        var told = one.Live.OwnChangesSince(two.Since);

        Assert.False(told.IsFull);
        Assert.Equal(["b"], told.Changed.Select(instance => instance.InstanceId));
        Exchange();
        Assert.Empty(two.Live.OwnChangesSince(0).Changed);
    }

    [Fact]
    public void Exchange_InstanceEnded_GoesFromBoth()
    {
        one.Live.ShowInventory("agent1", [Instances.Of("a"), Instances.Of("b")]);
        Exchange();

        one.Live.ShowInventory("agent1", [Instances.Of("a")]);
        Exchange();

        Assert.Equal(["a"], Running(two));
        Assert.Equal(["a"], two.Live.ChangesSince(0).Changed.Select(instance => instance.InstanceId));
    }

    /// <summary>Whichever silo hears first: the agent is back at the other one before the first knows that it has left.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Exchange_AgentMovesToTheOtherSilo_RunsOnBothOnceAndFollowsTheNewOne(bool isLostFirst)
    {
        one.Live.ShowInventory("agent1", [Instances.Of("a")]);
        Exchange();
        if (isLostFirst)
        {
            one.Live.ShowUnreachable("agent1");
            Exchange();
            Assert.Empty(Running(two));
        }

        two.Live.ShowInventory("agent1", [Instances.Of("a")]);
        Exchange();
        one.Live.ShowUnreachable("agent1");
        Exchange();
        Exchange();
        two.Live.ShowVitals("agent1", "a", new InstanceVitals { GcCount = 9 });
        Exchange();

        Assert.Equal(["a"], Running(one));
        Assert.Equal(["a"], Running(two));
        Assert.Equal(9, one.Live.Find("a")!.Vitals!.GcCount);
        Assert.Empty(one.Live.OwnChangesSince(0).Changed);
    }

    [Fact]
    public void KeepOthers_SiloGone_MakesItsInstancesUnreachableUntilTheirAgentComesHere()
    {
        two.Live.ShowInventory("agent2", [Instances.Of("b", "agent2")]);
        Exchange();

        one.Live.KeepOthers([]);

        Assert.Empty(Running(one));
        Assert.Equal(["b"], one.Live.ListUnreachable());
        one.Live.ShowInventory("agent2", [Instances.Of("b", "agent2")]);
        Assert.Equal(["b"], Running(one));
    }

    [Fact]
    public void ChangesSince_VersionOfTheOtherSilo_IsFull()
    {
        one.Live.ShowInventory("agent1", [Instances.Of("a")]);
        clock.Advance(TimeSpan.FromMilliseconds(5));
        two.Live.ShowInventory("agent2", [Instances.Of("b", "agent2")]);
        Exchange();

        Assert.True(one.Live.ChangesSince(two.Live.ChangesSince(0).Version).IsFull);
        Assert.True(two.Live.ChangesSince(one.Live.ChangesSince(0).Version).IsFull);
    }

    /// <summary>Agents of both silos send what the pages show that one of them answers for.</summary>
    [Fact]
    public void Exchange_SomebodyLooksAtTheOtherSilo_IsLookedAtHereTooAndNotForLonger()
    {
        Exchange();
        Assert.False(two.Live.IsLookedAt);

        one.Live.ChangesSince(0);
        for (var second = 0; second < 30; second++)
        {
            Exchange();
            Assert.True(two.Live.IsLookedAt);
            Assert.False(two.Live.IsLookedAtHere);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        for (var second = 0; second < 10; second++)
        {
            Exchange();
            Assert.False(one.Live.IsLookedAt);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(two.Live.IsLookedAt);
    }

    /// <summary>After anything that happens, and a few exchanges, both show what the silos of the agents show.</summary>
    [Fact]
    public void Exchange_AnyHistoryOfMoves_EndsWithBothShowingWhereTheAgentsAre()
    {
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 3], Gen.Int[0, 1], Gen.Bool).List[1, 30].Sample(steps =>
        {
            Silo[] silos = [new Silo("one", clock), new Silo("two", clock)];
            var at = new Dictionary<string, int>();
            var instances = new Dictionary<string, int>();
            foreach (var (agent, count, silo, exchanges) in steps)
            {
                var agentId = $"agent{agent}";
                silos[silo].Live.ShowInventory(agentId, [.. Enumerable.Range(0, count).Select(i => Instances.Of($"{agentId}-{i}", agentId))]);
                if (exchanges)
                {
                    Exchange(silos);
                }

                // The session at the other silo learns that it was superseded.
                if (at.TryGetValue(agentId, out var before) && before != silo)
                {
                    silos[before].Live.ShowUnreachable(agentId);
                }

                (at[agentId], instances[agentId]) = (silo, count);
            }

            for (var i = 0; i < 3; i++)
            {
                Exchange(silos);
            }

            var expected = instances.SelectMany(agent => Enumerable.Range(0, agent.Value).Select(i => $"{agent.Key}-{i}")).Order(StringComparer.Ordinal).ToList();
            Assert.All(silos, silo => Assert.Equal(expected, Running(silo)));
        });
    }

    private void Exchange() => Exchange([one, two]);

    private static void Exchange(Silo[] silos)
    {
        silos[0].Hear(silos[1]);
        silos[1].Hear(silos[0]);
    }

    private static List<string> Running(Silo silo) => [.. silo.Live.List().Select(instance => instance.InstanceId).Order(StringComparer.Ordinal)];

    private sealed class Silo(string name, TimeProvider clock)
    {
        public LiveFleet Live { get; } = new(clock, new SiloIdentity(name));

        public long Since { get; private set; }

        public void Hear(Silo other)
        {
            var changes = other.Live.OwnChangesSince(Since);
            Since = Live.ShowOthers(other.Name, changes) ? changes.Version : 0;
            if (Live.IsLookedAtHere)
            {
                other.Live.HearOfLook();
            }
        }

        private string Name => name;
    }
}

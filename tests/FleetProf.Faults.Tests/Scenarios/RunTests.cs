using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

public sealed class RunTests
{
    private const int Seeds = 5_000;
    private const string Both = " + ";

    private static readonly IReadOnlyDictionary<string, Scenario> All = ScenarioList.All(TimeSpan.FromSeconds(20)).ToDictionary(scenario => scenario.Name, StringComparer.Ordinal);

    [Theory]
    [InlineData("slow link", "half-open link")]
    [InlineData("lossy link", "late and jittery link")]
    [InlineData("storm of resets", "slow link")]
    [InlineData("database slow", "silo without database")]
    [InlineData("database away", "database's connections all taken")]
    [InlineData("target stopped", "target killed")]
    [InlineData("target stopped", "target killed for its memory")]
    [InlineData("agent stopped", "agent killed")]
    [InlineData("agent killed", "spool full")]
    [InlineData("agent copied", "agent stopped")]
    [InlineData("agent copied", "half-open link")]
    [InlineData("agent killed", "half-open link")]
    [InlineData("agent stopped", "half-open link")]
    [InlineData("silo stopped", "silos hear each other one way")]
    public void Second_OfTwoFaultsOfOneThing_IsNone(string one, string other)
    {
        Assert.Null(Run.Second(All[one], All[other]));
        Assert.Null(Run.Second(All[other], All[one]));
    }

    [Theory]
    [InlineData("target stopped", "database away")]
    [InlineData("agent killed", "slow link")]
    [InlineData("spool full", "artifact store full")]
    public void Second_OfFaultsOfTwoThings_IsBoth(string one, string other)
    {
        var both = Run.Second(All[one], All[other]);

        Assert.NotNull(both);
        Assert.Equal($"{one}{Both}{other}", both.Name);
        Assert.Equal(All[one].ActsOn | All[other].ActsOn, both.ActsOn);
    }

    /// <summary>Whatever the seed: a fault that is drawn is in force, and for as long as it needs.</summary>
    [Fact]
    public void Draw_OfAnySeed_TakesNoThingTwiceAndLeavesFaultsTheirTime()
    {
        Scenario[] scenarios = [.. All.Values.Where(scenario => scenario.ChaosObstacle is null)];
        List<Scenario[]> drawn = [];
        for (var seed = 0; seed < Seeds; seed++)
        {
            var scenario = Run.Draw(scenarios, new Random(seed));
            Scenario[] parts = [.. scenario.Name.Split(Both).Select(name => All[name])];
            drawn.Add(parts);
            Assert.All(Enum.GetValues<Subjects>().Where(thing => thing is not (Subjects.None or Subjects.Everything)), thing => Assert.True(parts.Count(part => part.ActsOn.HasFlag(thing)) < 2, $"seed {seed}: {scenario.Name}"));
            Assert.All(parts.Where(part => part.NeedsItsHold), part => Assert.True(scenario.Hold >= part.Hold, $"seed {seed}: {scenario.Name} for {scenario.Hold}"));
        }

        Assert.Contains(drawn, parts => parts.Length == 2);
        // What may come with nothing else comes alone all the same.
        Assert.Equal(scenarios.Length, drawn.SelectMany(parts => parts).DistinctBy(part => part.Name).Count());
    }
}

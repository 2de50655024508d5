using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

public sealed partial class ScenarioListTests
{
    /// <summary>The page names every scenario in its row, and no other.</summary>
    [Fact]
    public void Scenarios_OfTheList_AreThoseOfThePage()
    {
        var named = File.ReadLines(PathOfPage()).Select(line => Row().Match(line)).Where(match => match.Success)
            .SelectMany(match => Scenario().Matches(match.Groups[2].Value).Select(scenario => (int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), scenario.Groups[1].Value)));

        Assert.Equal(ScenarioList.All(TimeSpan.FromSeconds(1)).Select(scenario => (scenario.Row, scenario.Name)).Order(), named.Order());
    }

    /// <summary>A long outage is asked for by its length, and its captures must come through it.</summary>
    [Fact]
    public void Outage_OfALengthThatIsAsked_IsThatOfTheDatabaseAndTheStoreAndOfNothingElse()
    {
        var away = TimeSpan.FromMinutes(5);

        var changed = ScenarioList.All(TimeSpan.FromSeconds(1), away).Where(scenario => scenario.Hold == away).ToList();

        Assert.Equal(["artifact store full", "database away"], changed.Select(scenario => scenario.Name));
        Assert.All(changed, scenario => Assert.Empty(scenario.MayFailWith));
    }

    [Fact]
    public void Chaos_OfTheList_IsWithoutWhatLastsForMinutesOrEndsTheSecondSilo() => Assert.Equal(
        ["agent away past the deadline", "all silos killed", "poisoned state row", "silos do not hear each other", "silos hear each other one way", "silos restarted in turns"],
        ScenarioList.All(TimeSpan.FromSeconds(1)).Where(scenario => scenario.ChaosObstacle is not null).Select(scenario => scenario.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Scenarios_OfTheList_NameWhatTheyActOn() => Assert.All(ScenarioList.All(TimeSpan.FromSeconds(1)), scenario => Assert.NotEqual(Subjects.None, scenario.ActsOn));

    /// <summary>A silo is declared dead after 24 s of silence, a copy of an agent needs some to come and be turned away, and a link is half open once a session has been silent for 35.</summary>
    [Fact]
    public void Holds_OfFaultsThatAreNoneAtOnce_AreNotShortened() => Assert.Equal(
        [("agent copied", 8), ("half-open link", 45), ("silos do not hear each other", 25), ("silos hear each other one way", 25)],
        ScenarioList.All(TimeSpan.FromSeconds(1)).Where(scenario => scenario.NeedsItsHold).Select(scenario => (scenario.Name, (int)scenario.Hold.TotalSeconds)).OrderBy(scenario => scenario.Name, StringComparer.Ordinal));

    /// <summary>Whatever else ends by itself is wrong, though it is started again.</summary>
    [Theory]
    [InlineData("silo stopped", 0, 0, true)]
    [InlineData("silo stopped", 1, 0, false)]
    [InlineData("silo stopped", null, 0, false)]
    [InlineData("silos hear each other one way", 1, 0, true)]
    [InlineData("silos restarted in turns", null, 0, false)]
    [InlineData("silos restarted in turns", 1, 0, false)]
    [InlineData("poisoned state row", 0, 0, false)]
    [InlineData("all silos killed", 1, 0, false)]
    [InlineData("silo killed", 0, 0, false)]
    [InlineData("database away", 0, 0, false)]
    [InlineData("half-open link", null, 0, false)]
    public void End_OfAProcessThatItsFaultMayNotEnd_IsAProblem(string fault, int? silo, int hitSilo, bool mayEnd) =>
        Assert.Equal(mayEnd, ScenarioList.All(TimeSpan.FromSeconds(1)).Single(scenario => scenario.Name == fault).MayEnd(silo, hitSilo));

    private static string PathOfPage([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "security", "faults.md"));

    [GeneratedRegex(@"^\| (\d+) \|(.*)$")]
    private static partial Regex Row();

    [GeneratedRegex(@"\*([^*]+)\*")]
    private static partial Regex Scenario();
}

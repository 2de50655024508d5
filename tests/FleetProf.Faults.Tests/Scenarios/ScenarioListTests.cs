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

    private static string PathOfPage([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "security", "faults.md"));

    [GeneratedRegex(@"^\| (\d+) \|(.*)$")]
    private static partial Regex Row();

    [GeneratedRegex(@"\*([^*]+)\*")]
    private static partial Regex Scenario();
}

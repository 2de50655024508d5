using System.Text.Json.Nodes;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Cli.Tests.Comparisons;

public sealed class CompareCommandTests
{
    [Theory]
    [InlineData(ComparisonVerdict.Pass, ExitCode.Success)]
    [InlineData(ComparisonVerdict.Regressed, ExitCode.Regressed)]
    [InlineData(ComparisonVerdict.Inconclusive, ExitCode.Inconclusive)]
    [InlineData(ComparisonVerdict.Pending, ExitCode.Inconclusive)]
    public async Task Compare_Verdict_IsTheExitCode(ComparisonVerdict verdict, int expected)
    {
        using var portal = new StubPortal().On("POST /api/v1/comparisons", Samples.Regressed with { Verdict = verdict }, 201);

        var run = await CliRun.OfAsync(portal, "compare", "checkout", "--baseline", "1.0", "--candidate", "1.1", "--baseline-from", "2h", "--baseline-to", "1h", "-o", "json");

        Assert.Equal(expected, run.ExitCode);
        var body = JsonNode.Parse(portal.Requests.First().Body)!;
        Assert.Equal(("1.0", "1.1", "2026-01-31T11:00:00+00:00"), ((string?)body["baselineVersion"], (string?)body["candidateVersion"], (string?)body["baselineFrom"]));
    }
}

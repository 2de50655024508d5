using System.Text.Json.Nodes;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts;
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

        var run = await CliRun.OfAsync(portal, "compare", "checkout", "--baseline", "1.0", "--candidate", "1.1", "--environment", "prod", "--baseline-from", "2h", "--baseline-to", "1h", "-o", "json");

        Assert.Equal(expected, run.ExitCode);
        var body = JsonNode.Parse(portal.Requests.First().Body)!;
        Assert.Equal(("1.0", "1.1", "2026-01-31T11:00:00+00:00"), ((string?)body["baselineVersion"], (string?)body["candidateVersion"], (string?)body["baselineFrom"]));
        Assert.Equal("prod", (string?)body["environment"]);
    }

    [Fact]
    public async Task Compare_HeapGrowth_IsInUnitsOfPeopleAndEmptyWhereUnknown()
    {
        var growth = new MetricComparison { Metric = "heap growth", Unit = "B/h", Baseline = 2e6, Candidate = 33.5e6, Verdict = ComparisonVerdict.Regressed };
        using var portal = new StubPortal().On("POST /api/v1/comparisons", Samples.Regressed with { Metrics = [growth, growth with { Metric = "unknown growth", Baseline = null, Candidate = null }] }, 201);

        var run = await CliRun.OfAsync(portal, "compare", "checkout");

        Assert.Matches("heap growth +2 MB/h +33.5 MB/h", run.Out);
        Assert.Matches("unknown growth +regressed", run.Out);
    }

    /// <summary>A portal of an earlier version refuses fields that it does not know.</summary>
    [Fact]
    public async Task Compare_WithNothingNamedBesideTheService_AsksForThatAlone()
    {
        using var portal = new StubPortal().On("POST /api/v1/comparisons", Samples.Regressed, 201);

        await CliRun.OfAsync(portal, "compare", "checkout");

        Assert.Equal(["service", "requestedBy"], JsonNode.Parse(portal.Requests.First().Body)!.AsObject().Select(field => field.Key));
    }

    /// <summary>As pages offer it for copying; the shell has taken the quotes away.</summary>
    [Theory]
    [InlineData("shop")]
    [InlineData("-x")]
    [InlineData("--help")]
    [InlineData("--url=http://evil.example")]
    [InlineData("@/etc/passwd")]
    [InlineData("/h")]
    public async Task Compare_OfferedWithANameLikeAnOption_TakesItForTheName(string name)
    {
        using var portal = new StubPortal().On("POST /api/v1/comparisons", Samples.Regressed, 201);

        await CliRun.OfAsync(portal, $"compare {ShellWord.Option("--candidate", name)} {ShellWord.Argument(name)}".Replace("'", "", StringComparison.Ordinal).Split(' '));

        var body = JsonNode.Parse(portal.Requests.First().Body)!;
        Assert.Equal((name, name), ((string?)body["service"], (string?)body["candidateVersion"]));
    }

    /// <summary>Run again, it would ask for other times under the key of the first.</summary>
    [Fact]
    public async Task Compare_KeyBesideATimeThatMoves_IsRefusedBeforeAnythingIsAsked()
    {
        using var portal = new StubPortal().On("POST /api/v1/comparisons", Samples.Regressed, 201);

        var run = await CliRun.OfAsync(portal, "compare", "checkout", "--baseline-from", "2026-01-31T11:00:00Z", "--baseline-to", "1h", "--idempotency-key", "build-42");
        var fixedTimes = await CliRun.OfAsync(portal, "compare", "checkout", "--baseline-from", "2026-01-31T11:00:00Z", "--idempotency-key", "build-42");

        Assert.Equal((ExitCode.Usage, ExitCode.Regressed), (run.ExitCode, fixedTimes.ExitCode));
        Assert.Contains("--baseline-to", run.Error, StringComparison.Ordinal);
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Compare_AnswerThatDoesNotCome_SaysHowToRepeatWithTheTimesOfTheFirst()
    {
        using var portal = new StubPortal().On("POST /api/v1/comparisons", StubAnswer.Problem(503, "The silo is away."));

        var run = await CliRun.OfAsync(portal, "compare", "checkout", "--baseline-from", "2h");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains($"--baseline-from 2026-01-31T11:00:00.0000000Z --idempotency-key {portal.Requests.First().IdempotencyKey} ", run.Error, StringComparison.Ordinal);
    }
}

using FleetProf.Cli.Tests.Stub;

namespace FleetProf.Cli.Tests.GcPauses;

public sealed class TrendsCommandTests
{
    [Theory]
    [InlineData("1h", "step=120&")]
    [InlineData("60d", "step=86400&")]
    [InlineData("400d", "step=86400&")]
    public async Task Trends_OfAnyRange_AsksForAStepThatThePortalTakes(string from, string step)
    {
        using var portal = new StubPortal().On("GET /api/v1/services/checkout/trend", Samples.Trend);

        var run = await CliRun.OfAsync(portal, "trends", "checkout", "--from", from);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains(step, $"{portal.Requests.First().Route}&", StringComparison.Ordinal);
    }
}

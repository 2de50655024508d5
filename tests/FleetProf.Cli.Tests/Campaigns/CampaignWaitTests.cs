using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Tests.Campaigns;

public sealed class CampaignWaitTests : IDisposable
{
    private const string CampaignRoute = "GET /api/v1/campaigns/c1";
    private const string OperationRoute = "GET /api/v1/operations/c1";

    private static readonly string[] Line = ["campaign", "create", "-s", "checkout", "-k", "trace", "--wait"];

    private readonly StubPortal _portal = new StubPortal().On("POST /api/v1/campaigns", Samples.Operation("running", 0), 202);

    [Fact]
    public async Task Wait_PortalIsAwayForAWhile_GoesOnUntilTheResult()
    {
        _portal.On(CampaignRoute, StubAnswer.Problem(502, "The proxy finds nobody.")).On(CampaignRoute, Running)
            .On(OperationRoute, StubAnswer.Problem(503, "The silo is away."))
            .On(OperationRoute, StubAnswer.Problem(429, "This token asks too often."))
            .On(OperationRoute, new StubAnswer(200, "application/json", "{"u8.ToArray(), MissingBytes: 10))
            .On(OperationRoute, Samples.Operation("running", 1))
            .On(OperationRoute, Samples.Operation("succeeded", 2));

        var run = await CliRun.OfAsync(_portal, Line);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        string[] told = ["The proxy finds nobody.", "The silo is away.", "This token asks too often.", "succeeded: 2 of 2 ready"];
        Assert.All(told, text => Assert.Contains(text, run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wait_PortalStaysAway_EndsAtTheTimeoutAndSaysHowToGoOn()
    {
        _portal.On(CampaignRoute, StubAnswer.Problem(503, "The silo is away."));

        var run = await CliRun.OfAsync(_portal, [.. Line, "--timeout", "10s", "--no-progress"]);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        string[] told = ["Not over after 00:00:10; it goes on.", "The silo is away.", "fleetprof campaign show c1", $"--idempotency-key {_portal.Requests.First().IdempotencyKey} "];
        Assert.All(told, text => Assert.Contains(text, run.Error, StringComparison.Ordinal));
    }

    /// <summary>Until then a capture may wait for its pause; the script that gave up before would take it for lost.</summary>
    [Theory]
    [InlineData("campaign", "create", "-s", "checkout", "-k", "gc")]
    [InlineData("capture", "checkout", "-k", "gc")]
    public async Task Wait_WithoutATimeout_LastsAsLongAsTheDeadline(params string[] verb)
    {
        _portal.On("POST /api/v1/captures", Samples.Operation("running", 0), 202).On(CampaignRoute, StubAnswer.Problem(503, "Later.") with { RetryAfter = 3_600 });

        var run = await CliRun.OfAsync(_portal, [.. verb, "--when-pause-over", "200ms", "--deadline", "2h", "--wait"]);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        // And ten minutes, in which the last recording is analysed.
        Assert.Contains("Not over after 02:10:00; it goes on.", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, _portal.Requests.Count(request => request.Route == CampaignRoute));
    }

    [Theory]
    [InlineData(429, 5, 2)]
    [InlineData(503, 3600, 1)]
    public async Task Wait_PortalWantsToBeLeftAlone_IsAskedNoEarlierAndEndsInTime(int status, int seconds, int expected)
    {
        _portal.On(CampaignRoute, StubAnswer.Problem(status, "Later.") with { RetryAfter = seconds });

        var run = await CliRun.OfAsync(_portal, [.. Line, "--timeout", "10s"]);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Equal(expected, _portal.Requests.Count(request => request.Route == CampaignRoute));
    }

    [Fact]
    public async Task Wait_CampaignIsGone_EndsAtOnce()
    {
        _portal.On(CampaignRoute, StubAnswer.Problem(404, "There is no campaign 'c1'."));

        var run = await CliRun.OfAsync(_portal, Line);

        Assert.Equal((ExitCode.Usage, 2), (run.ExitCode, _portal.Requests.Count));
    }

    public void Dispose() => _portal.Dispose();

    private static Campaign Running => Samples.CampaignWith(CampaignState.Running, Samples.Target(0, CaptureState.Running));
}

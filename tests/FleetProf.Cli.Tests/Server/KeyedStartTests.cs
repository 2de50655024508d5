using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Campaigns;

namespace FleetProf.Cli.Tests.Server;

public sealed class KeyedStartTests : IDisposable
{
    private const string Location = "/api/v1/captures/c1-0000";

    private static readonly string[] Capture = ["capture", "checkout", "--kind", "gcdump"];

    private readonly StubPortal _portal = new StubPortal()
        .On($"GET {Location}", Samples.Ready)
        .On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Running));

    private StubRequest[] Posts => [.. _portal.Requests.Where(request => request.Route.StartsWith("POST ", StringComparison.Ordinal))];

    [Theory]
    [InlineData("captures", "capture checkout --kind gcdump")]
    [InlineData("campaigns", "campaign create -s checkout -k gcdump")]
    public async Task Start_AnswerIsLost_IsAskedForAgainUnderTheSameKey(string route, string line)
    {
        _portal.On($"POST /api/v1/{route}", new StubAnswer(202, "application/json", "{"u8.ToArray(), MissingBytes: 10))
            .On($"POST /api/v1/{route}", StubAnswer.Problem(503, "The silo is away."))
            .On($"POST /api/v1/{route}", Samples.Operation("running", 0, count: 1, location: Location), 202);

        var run = await CliRun.OfAsync(_portal, line.Split(' '));

        Assert.Equal(ExitCode.Success, run.ExitCode);
        AssertOneKey();
    }

    [Fact]
    public async Task Start_OfAComparisonWhoseAnswerIsLost_IsAskedForAgainUnderTheSameKey()
    {
        _portal.On("POST /api/v1/comparisons", new StubAnswer(201, "application/json", "{"u8.ToArray(), MissingBytes: 10))
            .On("POST /api/v1/comparisons", StubAnswer.Problem(503, "The silo is away."))
            .On("POST /api/v1/comparisons", Samples.Regressed, 201);

        var run = await CliRun.OfAsync(_portal, "compare", "checkout", "--baseline-from", "2h");

        Assert.Equal(ExitCode.Regressed, run.ExitCode);
        AssertOneKey();
    }

    [Fact]
    public async Task Start_OfAnExperimentWhoseAnswerIsLost_IsAskedForAgainUnderTheSameKey()
    {
        const string Route = "POST /api/v1/services/checkout/experiments";
        _portal.On(Route, new StubAnswer(201, "application/json", "{"u8.ToArray(), MissingBytes: 10))
            .On(Route, StubAnswer.Problem(503, "The silo is away."))
            .On(Route, Samples.Experiment, 201);

        var run = await CliRun.OfAsync(_portal, "experiment", "start", "checkout", "--rule", "gen0-budget-small");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        AssertOneKey();
    }

    [Fact]
    public async Task Start_NoAnswerAtAll_EndsSoonAndNamesTheKeyToRepeatWith()
    {
        _portal.On("POST /api/v1/captures", StubAnswer.Problem(503, "The silo is away."));

        var run = await CliRun.OfAsync(_portal, Capture);

        Assert.Equal((ExitCode.Unreachable, 3), (run.ExitCode, Posts.Length));
        Assert.Contains($"--idempotency-key {Posts[0].IdempotencyKey} goes on with what was started", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ItsCaptureCannotBeShown_NamesTheKeyToRepeatWith()
    {
        using var portal = new StubPortal().On("POST /api/v1/captures", Samples.Operation("running", 0, count: 1, location: Location), 202).On($"GET {Location}", StubAnswer.Problem(503, "The silo is away."));

        var run = await CliRun.OfAsync(portal, Capture);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains($"--idempotency-key {portal.Requests.First().IdempotencyKey} ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, null, ExitCode.Usage)]
    [InlineData(403, null, ExitCode.Auth)]
    [InlineData(409, null, ExitCode.Usage)]
    [InlineData(429, 60, ExitCode.Unreachable)]
    public async Task Start_Refused_IsNotAskedForAgain(int status, int? seconds, int expected)
    {
        _portal.On("POST /api/v1/captures", StubAnswer.Problem(status, "No.") with { RetryAfter = seconds });

        var run = await CliRun.OfAsync(_portal, Capture);

        Assert.Equal((expected, 1), (run.ExitCode, Posts.Length));
    }

    [Fact]
    public async Task Start_WithAKeyOfOnesOwn_SendsIt()
    {
        _portal.On("POST /api/v1/captures", Samples.Operation("running", 0, count: 1, location: Location), 202);

        var run = await CliRun.OfAsync(_portal, [.. Capture, "--idempotency-key", "build 7"]);

        Assert.Equal((ExitCode.Success, "build 7"), (run.ExitCode, Assert.Single(Posts).IdempotencyKey));
    }

    [Fact]
    public async Task Start_Twice_TakesANewKeyEachTime()
    {
        _portal.On("POST /api/v1/captures", Samples.Operation("running", 0, count: 1, location: Location), 202);

        await CliRun.OfAsync(_portal, Capture);
        await CliRun.OfAsync(_portal, Capture);

        Assert.Equal(2, Posts.Select(post => post.IdempotencyKey).Distinct().Count());
    }

    public void Dispose() => _portal.Dispose();

    private void AssertOneKey()
    {
        Assert.Equal(3, Posts.Length);
        Assert.NotEmpty(Assert.Single(Posts.Select(post => post.IdempotencyKey).Distinct())!);
        Assert.Single(Posts.Select(post => post.Body).Distinct());
    }
}

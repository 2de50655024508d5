using System.Text.Json.Nodes;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Tests.Campaigns;

public sealed class CampaignCreateTests : IDisposable
{
    private readonly StubPortal _portal = new StubPortal().On("POST /api/v1/campaigns", Samples.Operation("running", 0), 202);

    [Fact]
    public async Task Create_AllOptions_AreInTheSpec()
    {
        _portal.On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Running));

        var run = await CliRun.OfAsync(
            _portal, "campaign", "create", "-s", "checkout", "-s", "catalog", "-k", "trace,gc", "-k", "alloc", "--fraction", "0.25", "--duration", "20", "--service-version", "1.1",
            "--label", "zone=a", "--max-concurrent", "3", "--deadline", "90m", "--cron", "0 6 * * *", "--seed", "7", "--name", "n", "--reason", "r", "--idempotency-key", "k1");

        Assert.Equal(0, run.ExitCode);
        var request = _portal.Requests.First();
        Assert.Equal("k1", request.IdempotencyKey);
        Assert.Equal(
            """{"name":"n","selector":{"services":["checkout","catalog"],"version":"1.1","labels":{"zone":"a"},"instanceIds":[]},"kinds":["trace","gc","alloc"],"sampleFraction":0.25,"durationSeconds":20,"maxConcurrentPerService":3,"deadline":"01:30:00","cron":"0 6 * * *","seed":7,"reason":"r","requestedBy":"","maxBytes":256000000}""",
            request.Body);
    }

    [Fact]
    public async Task Create_NoSampleGiven_DrawsOnePerService()
    {
        _portal.On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Running));

        await CliRun.OfAsync(_portal, "campaign", "create", "-s", "checkout", "-k", "trace");

        Assert.Equal(1, (int)JsonNode.Parse(_portal.Requests.First().Body)!["sampleSize"]!);
    }

    [Theory]
    [InlineData("50ms", 50)]
    [InlineData("1.5s", 1500)]
    public async Task Create_WhenPauseOver_IsInTheSpecInMilliseconds(string text, double expected)
    {
        _portal.On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Running));

        await CliRun.OfAsync(_portal, "campaign", "create", "-s", "checkout", "-k", "gc", "--when-pause-over", text);

        Assert.Equal(expected, (double)JsonNode.Parse(_portal.Requests.First().Body)!["whenPauseOverMs"]!);
    }

    [Theory]
    [InlineData(2, 0, ExitCode.Success)]
    [InlineData(1, 1, ExitCode.Partial)]
    [InlineData(0, 2, ExitCode.Partial)]
    public async Task Create_Waited_TellsWhetherEverythingIsThere(int ready, int failed, int expected)
    {
        _portal.On("GET /api/v1/operations/c1", Samples.Operation("running", 0)).On("GET /api/v1/operations/c1", Samples.Operation("succeeded", ready, failed))
            .On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Completed, Samples.Target(0, CaptureState.Ready)));

        Assert.Equal(expected, (await CliRun.OfAsync(_portal, "campaign", "create", "-s", "checkout", "-k", "trace", "--wait")).ExitCode);
    }

    [Fact]
    public async Task Create_Preview_StartsNothing()
    {
        _portal.On("POST /api/v1/campaigns/preview", new CampaignPreview
        {
            PopulationSize = 12, CaptureCount = 2, EstimatedTime = TimeSpan.FromSeconds(32),
            Problems = [new() { Field = "cron", Message = "Write five fields." }],
        });

        var run = await CliRun.OfAsync(_portal, "campaign", "create", "-s", "checkout", "-k", "trace", "--preview");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("cron: Write five fields.", run.Error, StringComparison.Ordinal);
        Assert.Equal(["POST /api/v1/campaigns/preview"], _portal.Requests.Select(request => request.Route));
    }

    public void Dispose() => _portal.Dispose();
}

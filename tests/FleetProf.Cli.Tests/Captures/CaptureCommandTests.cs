using System.Text.Json.Nodes;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Tests.Captures;

public sealed class CaptureCommandTests : IDisposable
{
    private const string Location = "/api/v1/captures/c1-0000";

    private readonly StubPortal _portal = new StubPortal()
        .On("POST /api/v1/captures", Samples.Operation("running", 0, count: 1, location: Location), 202)
        .On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Running, Samples.Target(0, CaptureState.Running, phase: CapturePhase.Collecting)));

    [Fact]
    public async Task Capture_WithoutWait_PrintsTheStartedCapture()
    {
        _portal.On($"GET {Location}", Samples.Ready with { State = CaptureState.Pending, Summary = null });

        var run = await CliRun.OfAsync(_portal, "capture", "checkout", "--kind", "gcdump", "--duration", "5", "--reason", "leak", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("pending", (string?)JsonNode.Parse(run.Out)!["state"]);
        var body = JsonNode.Parse(_portal.Requests.First().Body)!;
        Assert.Equal(("checkout", "gcdump", 5, "leak"), ((string?)body["service"], (string?)body["kind"], (int)body["durationSeconds"]!, (string?)body["reason"]));
    }

    [Fact]
    public async Task Capture_WithWait_ShowsProgressOnStderrOnly()
    {
        _portal.On("GET /api/v1/operations/c1", Samples.Operation("running", 0, count: 1, location: Location))
            .On("GET /api/v1/operations/c1", Samples.Operation("succeeded", 1, count: 1, location: Location))
            .On($"GET {Location}", Samples.Ready);

        var run = await CliRun.OfAsync(_portal, "capture", "checkout", "--kind", "trace", "--wait", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("checkout collecting 4/10 s", run.Error, StringComparison.Ordinal);
        Assert.Equal("ready", (string?)JsonNode.Parse(run.Out)!["state"]);
    }

    [Fact]
    public async Task Capture_WhenPauseOver_WaitsInWordsAndNamesThePauseThatFiredIt()
    {
        using var portal = new StubPortal()
            .On("POST /api/v1/captures", Samples.Operation("running", 0, count: 1, location: Location), 202)
            .On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Running, Samples.Target(0, CaptureState.Running, phase: CapturePhase.Armed) with { WhenPauseOverMs = 50 }))
            .On("GET /api/v1/operations/c1", Samples.Operation("running", 0, count: 1, location: Location))
            .On("GET /api/v1/operations/c1", Samples.Operation("succeeded", 1, count: 1, location: Location))
            .On($"GET {Location}", Samples.Ready with
            {
                WhenPauseOverMs = 50,
                Trigger = new() { Number = 812, Generation = 2, Kind = "blocking", Reason = "Induced", PauseMs = 143.25, EndedAt = DateTimeOffset.UnixEpoch, Evidence = "The program asked for it." },
            });

        var run = await CliRun.OfAsync(portal, "capture", "checkout", "--kind", "gc", "--when-pause-over", "50ms", "--max-stall", "10s", "--max-megabytes", "1000", "--deadline", "2h", "--wait");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("armed 4/10 s, waiting for a pause over 50 ms", run.Error, StringComparison.Ordinal);
        Assert.Contains("GC 812 (gen2 blocking, Induced), 143 ms, ended 1970-01-01 00:00:00 UTC: The program asked for it.", run.Out, StringComparison.Ordinal);
        var body = JsonNode.Parse(portal.Requests.First().Body)!;
        Assert.Equal((50, 10_000, 1_000_000_000, "02:00:00"), ((double)body["whenPauseOverMs"]!, (double)body["maxStallMs"]!, (long)body["maxBytes"]!, (string?)body["deadline"]));
    }

    [Fact]
    public async Task Capture_FailedWhileWaiting_IsPartialAndSaysWhatNext()
    {
        _portal.On("GET /api/v1/operations/c1", Samples.Operation("failed", 0, failed: 1, count: 1, location: Location)).On($"GET {Location}", Samples.Failed);

        var run = await CliRun.OfAsync(_portal, "capture", "checkout", "--kind", "trace", "--wait", "--no-progress");

        Assert.Equal(ExitCode.Partial, run.ExitCode);
        Assert.Contains("Capture another instance", run.Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Capture_InterruptedWhileWaiting_GoesOnAndSaysHowToStopIt()
    {
        _portal.On("GET /api/v1/operations/c1", Samples.Operation("running", 0, count: 1));
        using var interrupt = new CancellationTokenSource();
        var environment = new Dictionary<string, string> { ["FLEETPROF_URL"] = _portal.Url, ["FLEETPROF_TOKEN"] = StubPortal.Token };
        var running = CliRun.OfAsync(environment, ["capture", "checkout", "--kind", "trace", "--wait"], interrupt.Token);
        while (_portal.Requests.Count < 4)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await interrupt.CancelAsync();

        var run = await running;
        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.Contains("fleetprof campaign stop c1", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("capture", "checkout")]
    [InlineData("capture", "checkout", "--kind")]
    [InlineData("capture", "checkout", "--kind", "dump")]
    [InlineData("capture", "checkout", "--kind", "trace", "--duration", "ten")]
    [InlineData("capture", "checkout", "--kind", "trace,alloc")]
    [InlineData("capture", "checkout", "more", "--kind", "trace")]
    [InlineData("capture", "checkout", "--kind", "trace", "--idempotency-key", "")]
    [InlineData("capture", "checkout", "--kind", "trace", "--idempotency-key", "Schlüssel")]
    [InlineData("capture", "checkout", "--kind", "trace", "--wait", "--timeout", "soon")]
    [InlineData("captures", "export", "c1-0000")]
    [InlineData("captures", "export", "c1-0000", "--format", "svg")]
    [InlineData("capture", "checkout", "--kind", "gc", "--when-pause-over", "long")]
    [InlineData("campaign", "create", "--kind", "trace")]
    [InlineData("campaign", "create", "-s", "checkout", "-k", "trace", "--label", "zone")]
    [InlineData("campaign", "create", "-s", "checkout", "-k", "trace", "--deadline", "soon")]
    [InlineData("captures")]
    [InlineData("captures", "list", "--state", "failed,ready")]
    [InlineData("trends", "checkout", "--from", "NaNd")]
    [InlineData("analyze", "")]
    [InlineData("backup", "")]
    [InlineData("migrate", "--silo-folder", "")]
    [InlineData("audit", "verify", "--file", "")]
    [InlineData("completion", "tcsh")]
    [InlineData("services", "--output", "yaml")]
    public async Task Line_Wrong_IsAUsageErrorThatAsksNobody(params string[] args)
    {
        var run = await CliRun.OfAsync(_portal, args);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith("fleetprof: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("FleetProf.", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
        Assert.Empty(_portal.Requests);
    }

    public void Dispose() => _portal.Dispose();
}

using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.TestKit.Goldens;

namespace FleetProf.Cli.Tests.Terminal;

/// <summary>What scripts and people see, byte for byte.</summary>
public sealed class GoldenOutputTests : IDisposable
{
    private readonly StubPortal _portal = new();

    [Theory]
    [InlineData("services")]
    [InlineData("services --output csv")]
    [InlineData("services --output ndjson")]
    [InlineData("services --output json")]
    [InlineData("instances --service checkout")]
    [InlineData("instances --service checkout --output csv")]
    [InlineData("deployments list")]
    [InlineData("trends checkout")]
    [InlineData("trends checkout -o csv")]
    [InlineData("trends checkout -o json")]
    [InlineData("gcs checkout --top 20")]
    [InlineData("gcs checkout -o csv")]
    [InlineData("causes checkout")]
    [InlineData("causes checkout --by-version -o csv")]
    [InlineData("knobs checkout")]
    [InlineData("knobs checkout -o csv")]
    [InlineData("advise checkout")]
    [InlineData("advise checkout -o csv")]
    [InlineData("captures list")]
    [InlineData("captures show c1-0000")]
    [InlineData("captures show c1-0001")]
    [InlineData("captures show c1-0000 -o csv")]
    [InlineData("captures show c1-0002")]
    [InlineData("heap diff c1-0000 c1-0001")]
    [InlineData("heap diff c1-0000 c1-0001 -o csv")]
    [InlineData("heap dual c1-0003 c1-0002")]
    [InlineData("heap dual c1-0003 c1-0002 --rows 1")]
    [InlineData("heap dual c1-0003 c1-0002 --quadrant churn -o csv")]
    [InlineData("heap dual c1-0003 c1-0002 -o json")]
    [InlineData("heap dual c1-0003 c1-0002 -o ndjson")]
    [InlineData("heap dual go-0001 go-0002")]
    [InlineData("heap dual go-0001 go-0002 -o csv")]
    [InlineData("heap dual few-0001 few-0002 -o csv")]
    [InlineData("heap dual part-0001 part-0002")]
    [InlineData("heap growth checkout")]
    [InlineData("heap growth checkout -o csv")]
    [InlineData("campaign list")]
    [InlineData("campaign show c1")]
    [InlineData("hold list")]
    [InlineData("hold list -o csv")]
    [InlineData("hold place --reason slow --service checkout --minutes 5")]
    [InlineData("hold place --reason slow -o json")]
    [InlineData("hold place")]
    [InlineData("hold lift --reason fine")]
    [InlineData("comparisons list")]
    [InlineData("comparisons show cmp1")]
    [InlineData("comparisons show cmp1 --exit-code")]
    [InlineData("compare checkout")]
    [InlineData("experiment start checkout --rule gen0-budget-small")]
    [InlineData("experiment list checkout -o csv")]
    [InlineData("experiment show checkout x1")]
    [InlineData("login")]
    [InlineData("nonsense")]
    [InlineData("captures list --kind dump")]
    [InlineData("captures show no-such")]
    public async Task Command_OnASmallFleet_PrintsTheCheckedInText(string line)
    {
        Fill();

        var run = await CliRun.OfAsync(_portal, line.Split(' '));

        Golden.Verify(run.ToString(), Path.Combine("Golden", $"{line.Replace(" --", " ", StringComparison.Ordinal).Replace(" -", " ", StringComparison.Ordinal).Replace(' ', '.')}.txt"));
    }

    public void Dispose() => _portal.Dispose();

    private void Fill() => _portal
        .On("GET /api/v1/services", Samples.Services)
        .On("GET /api/v1/instances", Samples.Instances)
        .On("GET /api/v1/deployments", new[] { Samples.Deploy })
        .On("GET /api/v1/services/checkout/trend", Samples.Trend)
        .On("GET /api/v1/services/checkout/gcs", Samples.LongestGcs)
        .On("GET /api/v1/services/checkout/causes", Samples.Causes)
        .On("GET /api/v1/services/checkout/knobs", Samples.Knobs)
        .On("GET /api/v1/services/checkout/advice", Samples.Advice)
        .On("POST /api/v1/services/checkout/experiments", Samples.Experiment with { Outcome = ExperimentOutcome.Undecided, ChangedInstances = [], DecidedAt = null, Sentence = "UNDECIDED: not changed yet." }, 201)
        .On("GET /api/v1/services/checkout/experiments", new[] { Samples.Experiment })
        .On("GET /api/v1/services/checkout/experiments/x1", Samples.Experiment)
        .On("GET /api/v1/heaps/diff", Samples.HeapDiff)
        .On("GET /api/v1/allocations/dual?alloc=c1-0003&heap=c1-0002", Samples.Dual)
        .On("GET /api/v1/allocations/dual?alloc=go-0001&heap=go-0002", Samples.DualOfGo)
        .On("GET /api/v1/allocations/dual?alloc=few-0001&heap=few-0002", Samples.DualOfFewSamples)
        .On("GET /api/v1/allocations/dual?alloc=part-0001&heap=part-0002", Samples.DualOfParts)
        .On("GET /api/v1/services/checkout/heap-growth", Samples.HeapGrowth)
        .On("GET /api/v1/captures", new[] { Samples.Ready, Samples.Failed })
        .On("GET /api/v1/captures/c1-0000", Samples.Ready)
        .On("GET /api/v1/captures/c1-0001", Samples.Failed)
        .On("GET /api/v1/captures/c1-0002", Samples.Heap)
        .On("GET /api/v1/captures/c1-0002/files", Array.Empty<CaptureFile>())
        .On("GET /api/v1/captures/c1-0000/files", new[] { new CaptureFile { Name = "original.nettrace", ContentType = "application/octet-stream", SizeBytes = 1_234_567 } })
        .On("GET /api/v1/captures/c1-0001/files", Array.Empty<CaptureFile>())
        .On("GET /api/v1/campaigns", Samples.CampaignRows)
        .On("GET /api/v1/campaigns/c1", Samples.CampaignWith(CampaignState.Completed, Samples.Target(0, CaptureState.Ready), Samples.Target(1, CaptureState.Failed, CaptureFailure.ProcessExited)))
        .On("GET /api/v1/holds", new[] { Samples.Hold, Samples.AlertHold })
        .On("POST /api/v1/holds", Samples.Hold)
        .On("POST /api/v1/holds/lift", new { })
        .On("GET /api/v1/comparisons", new[] { Samples.Regressed })
        .On("GET /api/v1/comparisons/cmp1", Samples.Regressed)
        .On("POST /api/v1/comparisons", Samples.Regressed, 201)
        .On("POST /api/v1/login-links", new { loginUrl = "http://127.0.0.1:8080/login?t=code" }, 201);
}

using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>What happened before the start: deploys, comparisons with every verdict, campaigns in every state.</summary>
internal static class FakeHistory
{
    public static readonly TimeSpan CheckoutDeployAge = TimeSpan.FromMinutes(40);

    public static IEnumerable<Deploy> Deploys(DateTimeOffset start) =>
    [
        Deploy("deploy-orders-421", "orders", "4.2.1", "4.2.0", start - TimeSpan.FromMinutes(6), "cmp-orders-421"),
        Deploy("deploy-checkout-110", "checkout", "1.1.0", "1.0.0", start - CheckoutDeployAge, "cmp-checkout-110"),
        Deploy("deploy-catalog-200", "catalog", "2.0.0", "1.9.4", start - TimeSpan.FromHours(7), "cmp-catalog-200"),
        Deploy("deploy-reports-200", "reports", "2.0.0", "1.8.0", start - TimeSpan.FromHours(26), "cmp-reports-200"),
    ];

    public static IEnumerable<Comparison> Comparisons(DateTimeOffset start) =>
    [
        Comparison("cmp-orders-421", "orders", "4.2.0", "4.2.1", start - TimeSpan.FromMinutes(6), ComparisonVerdict.Pending, "Waits for the soak to end.", []),
        Comparison("cmp-checkout-110", "checkout", "1.0.0", "1.1.0", start - CheckoutDeployAge, ComparisonVerdict.Regressed,
            "Regressed: pause p99 rose from 9.8 ms to 31.4 ms (+220 %, 95 % interval +178 % to +265 %).",
            [
                Metric("pause p50", "ms", 2.1, 3.4, 0.62, 0.41, 0.80, ComparisonVerdict.Regressed),
                Metric("pause p99", "ms", 9.8, 31.4, 2.20, 1.78, 2.65, ComparisonVerdict.Regressed),
                Metric("time in GC", "%", 1.2, 4.9, 3.08, 2.60, 3.60, ComparisonVerdict.Regressed),
                Metric("allocation rate", "B/s", 41e6, 118e6, 1.88, 1.70, 2.05, ComparisonVerdict.Regressed),
                Metric("heap after gen2", "B", 92e6, 340e6, 2.70, 2.10, 3.40, ComparisonVerdict.Regressed),
            ]),
        Comparison("cmp-catalog-200", "catalog", "1.9.4", "2.0.0", start - TimeSpan.FromHours(7), ComparisonVerdict.Pass,
            "Pass: no metric is worse by more than 10 %.",
            [
                Metric("pause p99", "ms", 4.4, 4.3, -0.02, -0.06, 0.03, ComparisonVerdict.Pass),
                Metric("heap after gen2", "B", 71e6, 70e6, -0.01, -0.04, 0.02, ComparisonVerdict.Pass),
            ]),
        Comparison("cmp-reports-200", "reports", "1.8.0", "2.0.0", start - TimeSpan.FromHours(26), ComparisonVerdict.Inconclusive,
            "Inconclusive: the baseline has only 2 windows; at least 6 are needed.",
            [Metric("pause p99", "ms", 140, 155, 0.11, -0.40, 0.90, ComparisonVerdict.Inconclusive)]),
    ];

    public static IEnumerable<FakeCampaign> Campaigns(FakeWorld world)
    {
        yield return Past(world, "01k0000000000000000000done", "CPU of checkout and catalog", [CaptureKind.Trace], ["checkout", "catalog"], 3, TimeSpan.FromHours(2));
        yield return Past(world, "01k0000000000000000000heap", "Heap after the deploy", [CaptureKind.Gcdump, CaptureKind.Alloc], ["checkout"], 2, TimeSpan.FromMinutes(30));
        yield return new("01k00000000000000000000gcs", Spec("Long pauses", [CaptureKind.Gc], ["reports"], 2) with { WhenPauseOverMs = 50 }, world.Start - TimeSpan.FromHours(5), Running(world, ["reports"]));
        yield return new("01k0000000000000000000part", Spec("Everything, some failed", [CaptureKind.Trace, CaptureKind.Alloc], ["orders", "payments"], 5),
            world.Start - TimeSpan.FromHours(9), Running(world, ["orders", "payments"])) { HasFailures = true };
        yield return Past(world, "01k0000000000000000000live", "Running now", [CaptureKind.Trace], ["search", "pricing"], 4, TimeSpan.FromSeconds(20));
        yield return new("01k0000000000000000000cron", Spec("Every morning", [CaptureKind.Alloc], ["basket"], 2) with { Cron = "0 6 * * *" },
            world.Start - TimeSpan.FromDays(3), Running(world, ["basket"]));
        var stopped = Past(world, "01k0000000000000000000stop", "Stopped early", [CaptureKind.Trace], ["tax"], 6, TimeSpan.FromHours(12));
        stopped.Stop(world.Start - TimeSpan.FromHours(12) + TimeSpan.FromSeconds(25));
        yield return stopped;
    }

    public static IReadOnlyList<Instance> Running(FakeWorld world, IReadOnlyList<string> services) =>
        [.. world.Fleet.All().Where(instance => instance.State == InstanceState.Running && services.Contains(instance.Service))];

    private static FakeCampaign Past(FakeWorld world, string id, string name, CaptureKind[] kinds, string[] services, int size, TimeSpan age) =>
        new(id, Spec(name, kinds, services, size), world.Start - age, Running(world, services));

    private static CampaignSpec Spec(string name, CaptureKind[] kinds, string[] services, int size) => new()
    {
        Name = name, Selector = new() { Services = services }, Kinds = kinds, SampleSize = size, RequestedBy = "tester", Reason = "weekly look",
    };

    private static Deploy Deploy(string id, string service, string version, string previous, DateTimeOffset at, string comparison) => new()
    {
        DeployId = id, Service = service, Version = version, PreviousVersion = previous, Environment = "production", StartedAt = at, ComparisonId = comparison,
    };

    private static Comparison Comparison(
        string id, string service, string before, string after, DateTimeOffset at, ComparisonVerdict verdict, string sentence, IReadOnlyList<MetricComparison> metrics) => new()
    {
        ComparisonId = id,
        Service = service,
        Baseline = new() { Version = before, From = at - TimeSpan.FromMinutes(30), To = at, InstanceCount = 20, WindowCount = 180, GcCount = 5400 },
        Candidate = new() { Version = after, From = at, To = at + TimeSpan.FromMinutes(10), InstanceCount = 20, WindowCount = 60, GcCount = 3100 },
        Verdict = verdict,
        Sentence = sentence,
        Metrics = metrics,
        DeployId = $"deploy-{id[4..]}",
        CreatedAt = at,
        DueAt = at + TimeSpan.FromMinutes(10),
        DecidedAt = verdict == ComparisonVerdict.Pending ? null : at + TimeSpan.FromMinutes(10),
        RequestedBy = "deploy",
    };

    private static MetricComparison Metric(
        string metric, string unit, double before, double after, double effect, double low, double high, ComparisonVerdict verdict) => new()
    {
        Metric = metric, Unit = unit, Baseline = before, Candidate = after, Effect = effect, EffectLow = low, EffectHigh = high, Verdict = verdict,
        Threshold = 0.1, Reason = $"{metric} changed by {effect:P0}; more than 10 % matters.",
    };
}

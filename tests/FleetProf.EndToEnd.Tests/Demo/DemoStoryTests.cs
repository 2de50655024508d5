using System.Text.Json;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.EndToEnd.Tests.Demo;

/// <summary>What a person sees in the first minutes of the demo, and that it is the truth that was planted.</summary>
[Collection<DemoCollection>]
public sealed class DemoStoryTests(DemoFixture demo, ITestOutputHelper output)
{
    [Fact]
    public async Task Fleet_AfterTheStart_ShowsEveryServiceWithLivePauses()
    {
        var (instances, at) = await demo.FirstPause;
        output.WriteLine($"first GC pause visible after {at.TotalSeconds:0} s");

        Assert.Equal(
            [demo.Catalog, demo.Checkout, demo.Checkout, demo.Reports],
            instances.Select(instance => instance.Service).Order(StringComparer.Ordinal));
        Assert.Equal(["checkout-1", "checkout-2"], instances.Where(instance => instance.Service == demo.Checkout).Select(instance => instance.ServiceInstance).Order(StringComparer.Ordinal));
        Assert.All(instances, instance => Assert.StartsWith(".NET 10.", instance.Runtime, StringComparison.Ordinal));
        await Until.TrueAsync("reports has long pauses", TimeSpan.FromMinutes(2), async () =>
            (await demo.Portal.InstancesAsync(demo.Reports)).Any(instance => instance.Vitals is { MaxPauseMs: > 20 }));
    }

    [Fact]
    public async Task Campaign_OverTwoServices_IsCapturedAndAnalysed()
    {
        var (code, said, at) = await demo.FirstCampaign;
        output.WriteLine($"first campaign captured and analysed after {at.TotalSeconds:0} s");

        Assert.True(code == 0, said);
    }

    [Fact]
    public async Task FaultyRelease_HeapSnapshots_TheLeakGrowsMost()
    {
        var (early, late) = await demo.FaultyRelease;
        Assert.All([.. early.Targets, .. late.Targets], AssertReady);

        foreach (var before in early.Targets.Where(target => target.Kind == CaptureKind.Gcdump))
        {
            var after = late.Targets.Single(target => target.InstanceId == before.InstanceId);
            var growth = await GrowthAsync(before.CaptureId, after.CaptureId);
            Assert.Equal("FleetProf.Workloads.Checkout.OrderAudit", growth[0].Type);
            Assert.True(growth[0].Bytes > 1_000_000, $"{growth[0]}");
        }
    }

    [Fact]
    public async Task FaultyRelease_Allocations_TheBoxingSiteIsInTheProfile()
    {
        var (early, _) = await demo.FaultyRelease;
        var alloc = early.Targets.First(target => target.Kind == CaptureKind.Alloc);
        AssertReady(alloc);

        var types = await demo.Portal.ResultAsync(alloc.CaptureId, "alloc.types.json");
        var names = types.GetProperty("rows").EnumerateArray().Take(5).Select(row => row.GetProperty("type").GetString()).ToList();
        Assert.Contains(names, name => name is "System.Int32" or "Int32" or "int");
        var top = await demo.Portal.ResultAsync(alloc.CaptureId, "alloc.top.json");
        Assert.Contains("DiscountRules.ApplyLoose", top.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redeploy_SelfStartedComparison_IsRegressed()
    {
        var (decided, at) = await demo.Verdict;
        output.WriteLine($"self-started comparison after {at.TotalSeconds:0} s: {decided.Sentence}");

        Assert.True(decided.Verdict == ComparisonVerdict.Regressed, $"{decided.Verdict}: {decided.Sentence}");
        Assert.Equal(DemoFixture.FirstRelease, decided.Baseline.Version);
        Assert.Equal(DemoFixture.SecondRelease, decided.Candidate.Version);
        foreach (var metric in (string[])["allocation rate", "heap after gen2"])
        {
            Assert.Equal(ComparisonVerdict.Regressed, decided.Metrics.Single(row => row.Metric == metric).Verdict);
        }

        // It was not deployed: nothing of it is compared.
        Assert.Empty(await demo.Portal.ComparisonsAsync(demo.Catalog));
    }

    private static void AssertReady(CampaignTarget target) =>
        Assert.True(target.State == CaptureState.Ready, $"{target.CaptureId} {target.Kind}: {target.State} {target.Failure} {target.Detail}");

    /// <summary>Types by growth in bytes, most first.</summary>
    private async Task<IReadOnlyList<(string Type, long Bytes)>> GrowthAsync(string before, string after)
    {
        var old = Bytes(await demo.Portal.ResultAsync(before, "heap.types.json"));
        var now = Bytes(await demo.Portal.ResultAsync(after, "heap.types.json"));
        return [.. now.Select(type => (type.Key, type.Value - old.GetValueOrDefault(type.Key))).OrderByDescending(growth => growth.Item2)];
    }

    private static Dictionary<string, long> Bytes(JsonElement types) => types.GetProperty("rows").EnumerateArray()
        .GroupBy(row => row.GetProperty("type").GetString()!)
        .ToDictionary(rows => rows.Key, rows => rows.Sum(row => row.GetProperty("shallowBytes").GetInt64()));
}

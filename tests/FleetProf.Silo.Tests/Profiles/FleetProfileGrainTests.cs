using System.Globalization;
using System.Text;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Profiles;
using FleetProf.Silo.Tests.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Profiles;

public sealed class FleetProfileGrainTests : IAsyncLifetime
{
    /// <summary>Of every capture; beside so many events none would have lost many.</summary>
    private const int Rundown = 50_000;

    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    /// <summary>Places, among those that are reported, of captures that lost a tenth of their events; the others lost a hundredth.</summary>
    private readonly HashSet<int> lossy = [];

    /// <summary>Places, among those that are reported, of captures by a runtime without unbiased samples.</summary>
    private readonly HashSet<int> biased = [];

    /// <summary>Why snapshots were not taken, by their places among those that are reported.</summary>
    private readonly Dictionary<int, (CaptureFailure Failure, string? Detail)> refused = [];

    private double? pauseOver;

    /// <summary>Of the samplers, by the places of captures among those that are reported.</summary>
    private double[] periods = [];

    public FleetProfileGrainTests() => rig = new CampaignRig(clock: clock);

    private IFleetProfileGrain Profiles => rig.Grains.GetGrain<IFleetProfileGrain>(0);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange(Enumerable.Range(1, 6).Select(number => CampaignRig.Instance(number)));
        await rig.StartAsync();
    }

    [Fact]
    public async Task Estimate_OfTwoOfSixInstances_StandsForAllOfThem()
    {
        await CaptureAsync(
            (10_000, """{"unit":"samples","total":900,"rows":[{"name":"Shop.Cart.Add","self":800},{"name":"Shop.Cart.Total","self":100}]}"""),
            (20_000, """{"unit":"samples","total":2000,"rows":[{"name":"Shop.Cart.Add","self":2000}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        // 80 and 100 a second, and 10 in one of them; each stands for three.
        Assert.Equal((2, 2, 6, "ms/s"), (estimates.MergedCaptures, estimates.DrawnCaptures, estimates.PopulationSize, estimates.Unit));
        Assert.Equal([("Shop.Cart.Add", 540.0, 2), ("Shop.Cart.Total", 30.0, 1)], estimates.Rows.Select(row => (row.Name, row.PerSecond, row.Captures)));
        Assert.Equal(570, estimates.Total);
        Assert.True(estimates.TotalRelativeError > 0 && estimates.TotalMoreCaptures is > 0 and <= 4);
        Assert.Null(await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.AllocatedTypes));
    }

    /// <summary>The sampler of a process with many threads is slower: each of its samples stands for more time.</summary>
    [Fact]
    public async Task Estimate_OfSamplersOfTwoRates_CountsTime()
    {
        periods = [1.1, 1.4];
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":50}],"otherSelf":50}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        // 11 and 7 ms a second, and 7 of others; each stands for three.
        Assert.Equal((54.0, 75.0, 150L), (Math.Round(estimates.Rows[0].PerSecond, 9), Math.Round(estimates.Total, 9), estimates.Rows[0].Samples));
    }

    [Fact]
    public async Task Estimate_OfGoWithoutAPeriod_CountsTenMillisecondsForASample()
    {
        await CaptureAsync("cpu.top.json", "Go", (10_000, """{"rows":[{"name":"main.add","self":100}]}"""), (10_000, """{"rows":[{"name":"main.add","self":100}]}"""));

        Assert.Equal(600, (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!.Total);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-3.0)]
    public async Task Estimate_WithAPeriodThatCannotBe_CountsTheUsualOne(double period)
    {
        periods = [period, 1];
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""));

        Assert.Equal(60, (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!.Total);
    }

    [Fact]
    public async Task Estimate_WithADamagedTable_LetsTheOtherStandForItToo()
    {
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, """{"rows":[{"name":7}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        Assert.Equal((1, 2, 60.0), (estimates.MergedCaptures, estimates.DrawnCaptures, estimates.Total));
        Assert.Null(estimates.TotalRelativeError);
    }

    [Fact]
    public async Task Estimate_WithAnIncompleteCapture_LeavesItOut()
    {
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (-10_000, """{"rows":[{"name":"Shop.Cart.Add","self":900}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        Assert.Equal((1, 60.0), (estimates.MergedCaptures, estimates.Total));
    }

    /// <summary>The damage lies behind the first 64 KB, when rows of the table were counted already.</summary>
    [Fact]
    public async Task Estimate_WithATableThatIsDamagedAtItsEnd_CountsNoneOfItsRows()
    {
        var rows = string.Join(',', Enumerable.Range(0, 4_000).Select(number => $$"""{"name":"Shop.Generated{{number}}","self":900}"""));
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, $$"""{"rows":[{{rows}},{"name":7,"self":1}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        Assert.Equal((1, 2, 60.0), (estimates.MergedCaptures, estimates.DrawnCaptures, estimates.Total));
        Assert.Equal("Shop.Cart.Add", Assert.Single(estimates.Rows).Name);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("1e300")]
    [InlineData("-1")]
    public async Task Estimate_WithATableOfImpossibleValues_LeavesItOut(string value)
    {
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, $$"""{"rows":[{"name":"Shop.Cart.Add","self":{{value}}}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        Assert.Equal((1, 60.0), (estimates.MergedCaptures, estimates.Total));
    }

    [Fact]
    public async Task Estimate_OfMoreRowsThanAreShown_HasTheHeaviestExactlyAndTheTotalOfAll()
    {
        // Each method's samples in the one capture and in the other; half of the methods ran in one alone.
        var samples = Enumerable.Range(1, 2_250).ToDictionary(number => $"M{number}", number => (First: number <= 1_500 ? number : 0.0, Second: number > 750 ? (3 * number) + (number <= 1_500 ? 0.25 : 0) : 0.0));
        await CaptureAsync(
            (10_000, Table(samples.Where(method => method.Value.First > 0).Select(method => (method.Key, method.Value.First)))),
            (10_000, Table(samples.Where(method => method.Value.Second > 0).Select(method => (method.Key, method.Value.Second)))));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        // Each of the two stands for three, and recorded ten seconds.
        var expected = samples.Select(method => (Name: method.Key, PerSecond: 0.3 * (method.Value.First + method.Value.Second))).OrderByDescending(method => method.PerSecond).ToList();
        Assert.Equal(expected.Take(1_000).Select(method => method.Name), estimates.Rows.Select(row => row.Name));
        Assert.All(expected.Zip(estimates.Rows), pair => Assert.Equal(pair.First.PerSecond, pair.Second.PerSecond, 1e-6));
        Assert.Equal(expected.Sum(method => method.PerSecond), estimates.Total, 1e-3);
        Assert.Equal(2, estimates.MergedCaptures);
    }

    [Fact]
    public async Task Estimate_OfTablesThatLeaveRowsOut_HasThemInItsTotal()
    {
        await CaptureAsync(
            (10_000, """{"otherSelf":300,"rows":[{"name":"Shop.Cart.Add","self":700}]}"""),
            (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":500}],"otherSelf":500}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        // 100 a second in either; each stands for three.
        Assert.Equal(600, estimates.Total);
        Assert.Equal([("Shop.Cart.Add", 360.0)], estimates.Rows.Select(row => (row.Name, row.PerSecond)));
    }

    [Fact]
    public async Task Estimate_WithACaptureThatLostManyEvents_LeavesItOutAndSaysSo()
    {
        lossy.Add(1);
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":20}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        Assert.Equal((1, 2, 1, false, 60.0), (estimates.MergedCaptures, estimates.DrawnCaptures, estimates.LossyCaptures, estimates.IsLossy, estimates.Total));
    }

    [Fact]
    public async Task Estimate_WhereAllLostManyEvents_IsMarkedAndHasNoInterval()
    {
        lossy.UnionWith([0, 1]);
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":20}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        Assert.Equal((2, 0, true, 36.0), (estimates.MergedCaptures, estimates.LossyCaptures, estimates.IsLossy, estimates.Total));
        Assert.Null(estimates.TotalRelativeError);
        Assert.Null(estimates.TotalMoreCaptures);
        Assert.Null(estimates.Rows[0].RelativeError);
        Assert.Null(estimates.Rows[0].MoreCaptures);
    }

    /// <summary>Half of a service runs on a newer runtime, which is no chance: what its older half allocates nobody knows.</summary>
    [Fact]
    public async Task Estimate_OfBiasedAndUnbiasedCapturesOfAService_NamesThoseLeftOutAndHasNoInterval()
    {
        biased.Add(1);
        await CaptureAsync(
            "alloc.top.json",
            (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":1000000}]}"""),
            (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":9000000}]}"""),
            (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":2000000}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.AllocatingMethods))!;

        Assert.Equal((2, 3, 1, 0, true), (estimates.MergedCaptures, estimates.DrawnCaptures, estimates.BiasedCaptures, estimates.OtherRuntimeCaptures, estimates.IsMixed));
        Assert.Equal((900_000.0, false), (Math.Round(estimates.Total, 6), estimates.IsBiased));
        Assert.Null(estimates.TotalRelativeError);
        Assert.Null(estimates.Rows[0].RelativeError);
    }

    /// <summary>One object of 50 MB is one sample, however many small ones its bytes would take.</summary>
    [Fact]
    public async Task Estimate_OfMethodsThatAllocate_CountsTheSamplesThatTheTableTells()
    {
        await CaptureAsync(
            "alloc.top.json",
            (10_000, """{"rows":[{"name":"Shop.Cache.Refresh","self":50000000,"total":50000000,"samples":1}]}"""),
            (10_000, """{"rows":[{"name":"Shop.Cache.Refresh","self":1024000}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.AllocatingMethods))!;

        // The table of an earlier analyzer tells none: then it is the ten that its bytes would take.
        Assert.Equal(11, Assert.Single(estimates.Rows).Samples);
    }

    [Fact]
    public async Task Estimate_OfHeapSnapshots_CountsWhatIsInUse()
    {
        await CaptureAsync(
            "heap.types.json",
            (0.001, """{"rows":[{"type":"Shop.Cart","module":"a","count":10,"shallowBytes":1000},{"type":"Shop.Cart","module":"b","count":1,"shallowBytes":200},{"type":"System.String","module":"c","count":4,"shallowBytes":100}]}"""),
            (0.001, """{"rows":[{"type":"Shop.Cart","module":"a","count":12,"shallowBytes":1200}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.HeapTypes))!;

        // Both hold the same of carts, so that nothing is uncertain about them; each stands for three.
        Assert.Equal(("bytes", 7_500.0), (estimates.Unit, estimates.Total));
        Assert.Equal([("Shop.Cart", 7_200.0, 0.0, 23L), ("System.String", 300.0, 1.0, 4L)],
            estimates.Rows.Select(row => (row.Name, row.PerSecond, Math.Min(1, row.RelativeError!.Value), row.Samples)));
    }

    /// <summary>The third was cut, the fourth not begun: the larger the heap, the sooner it is missing, and the others do not stand for it.</summary>
    [Fact]
    public async Task Estimate_OfHeapSnapshotsOfWhichTheLargestIsIncomplete_CountsItAndHasNoInterval()
    {
        const string cart = """{"rows":[{"type":"Shop.Cart","module":"a","count":12,"shallowBytes":1200}]}""";
        refused[3] = (CaptureFailure.StallTooLong, null);
        await CaptureAsync("heap.types.json", (0.001, cart), (0.001, cart), (-0.001, cart), (0.001, cart));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.HeapTypes))!;

        Assert.Equal((2, 4, 2, 7_200.0), (estimates.MergedCaptures, estimates.DrawnCaptures, estimates.OversizedCaptures, estimates.Total));
        Assert.Null(estimates.TotalRelativeError);
        Assert.Null(Assert.Single(estimates.Rows).RelativeError);
    }

    /// <summary>That a host allows no snapshot at all says nothing of its heap.</summary>
    [Fact]
    public async Task Estimate_OfHeapsOfWhichAHostsPolicyRefusedTheLargest_HasNoInterval()
    {
        const string cart = """{"rows":[{"type":"Shop.Cart","module":"a","count":12,"shallowBytes":1200}]}""";
        const string policy = "The policy of this host (/etc/fleetprof/policy.json) refuses: ";
        refused[2] = (CaptureFailure.RefusedByPolicy, policy + "maxStallSeconds is 5, and by the most careful estimate a snapshot of a heap of 4000 MB stops the process for 72.0 s.");
        refused[3] = (CaptureFailure.RefusedByPolicy, policy + "allowedKinds does not hold gcdump.");
        await CaptureAsync("heap.types.json", (0.001, cart), (0.001, cart), (0.001, cart), (0.001, cart));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.HeapTypes))!;

        Assert.Equal((2, 4, 1), (estimates.MergedCaptures, estimates.DrawnCaptures, estimates.OversizedCaptures));
        Assert.Null(estimates.TotalRelativeError);
        Assert.Null(Assert.Single(estimates.Rows).RelativeError);
    }

    [Fact]
    public async Task Estimate_OfTwoRuntimes_MergesThatOfMostCaptures()
    {
        await CaptureAsync("cpu.top.json", "Go", (10_000, """{"rows":[{"name":"main.add","self":100}]}"""), (10_000, """{"rows":[{"name":"main.add","self":100}]}"""), (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":9000}]}"""));

        var estimates = (await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods))!;

        Assert.Equal((2, 3), (estimates.MergedCaptures, estimates.DrawnCaptures));
        Assert.Equal(["main.add"], estimates.Rows.Select(row => row.Name));
    }

    /// <summary>Who had no such pause did not miss by chance, and who had one was not recorded at any time.</summary>
    [Fact]
    public async Task Estimate_OfCapturesThatWaitedForAPause_IsNone()
    {
        pauseOver = 200;
        await CaptureAsync((10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""), (10_000, """{"rows":[{"name":"Shop.Cart.Add","self":100}]}"""));

        Assert.Null(await Profiles.EstimateAsync(CampaignRig.Id, FleetTable.CpuMethods));
    }

    [Fact]
    public async Task Estimate_OfAnUnknownCampaign_IsNull() => Assert.Null(await Profiles.EstimateAsync("01jz9999999999999999999999", FleetTable.CpuMethods));

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private static string Table(IEnumerable<(string Name, double Samples)> methods)
    {
        var rows = methods.Select(method => string.Create(CultureInfo.InvariantCulture, $$"""{"name":"{{method.Name}}","self":{{method.Samples}}}"""));
        return $$"""{"rows":[{{string.Join(',', rows)}}]}""";
    }

    /// <summary>A negative duration is that of an incomplete capture.</summary>
    private Task CaptureAsync(params (double DurationMs, string Table)[] results) => CaptureAsync("cpu.top.json", null, results);

    private Task CaptureAsync(string file, params (double DurationMs, string Table)[] results) => CaptureAsync(file, null, results);

    /// <summary>The first two are of the given runtime, the others of .NET.</summary>
    private async Task CaptureAsync(string file, string? runtime, params (double DurationMs, string Table)[] results)
    {
        var reported = 0;
        var kind = file switch { "cpu.top.json" => CaptureKind.Trace, "alloc.top.json" => CaptureKind.Alloc, _ => CaptureKind.Gcdump };
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { Kinds = [kind], SampleSize = results.Length, MaxConcurrentPerService = results.Length, WhenPauseOverMs = pauseOver }, null);
        foreach (var (durationMs, table) in results)
        {
            var (_, order) = await rig.Agents.NextOrderAsync();
            if (refused.TryGetValue(reported, out var refusal))
            {
                reported++;
                await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = order.CaptureId, Attempt = 1, Failure = refusal.Failure, Detail = refusal.Detail });
                continue;
            }

            await rig.StoreResultAsync(order.CaptureId, file, Encoding.UTF8.GetBytes(table));
            await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = order.CaptureId, Attempt = 1, Sha256 = new string('a', 64), SizeBytes = 1_000, CollectedSeconds = 1, IsBiased = biased.Contains(reported) });
            var summary = new CaptureSummary
            {
                DurationMs = kind == CaptureKind.Gcdump ? 0 : Math.Abs(durationMs),
                IsComplete = durationMs > 0,
                Runtime = reported < 2 ? runtime : null,
                CpuSamplePeriodMs = reported < periods.Length ? periods[reported] : null,
                EventCount = 9_000 + Rundown,
                RundownEventCount = Rundown,
                LostEvents = lossy.Contains(reported++) ? 1_000 : 90,
            };
            await rig.Campaign.ReportAnalysisAsync(new AnalysisReport { CaptureId = order.CaptureId, Attempt = 1, Summary = summary });
        }
    }
}

using System.Text;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Contracts.Allocations;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Campaigns;

namespace FleetProf.Silo.Tests.Allocations;

public sealed class AllocationQueryGrainTests(SharedCampaignRig shared) : IClassFixture<SharedCampaignRig>
{
    private const string Allocated = """
        {"source":"allocationSampled","isBiased":false,"sampleCount":90,"durationMs":2000,"totalBytes":9000000,
         "rows":[{"type":"Shop.Order","bytes":8000000,"objects":80000,"samples":80,"relativeError":0.2,"isLowConfidence":false},
                 {"type":"System.String","bytes":1000000,"objects":9000,"samples":10,"relativeError":null,"isLowConfidence":true}]}
        """;

    private readonly CampaignRig rig = shared.Rig;
    private readonly string campaign = shared.NextCampaignId();

    private IAllocationQueryGrain Allocations => rig.Grains.GetGrain<IAllocationQueryGrain>(0);

    [Fact]
    public async Task Dual_OfTwoStoredCaptures_PutsThemSideBySide()
    {
        await StoreAsync(1, "alloc.types.json", Allocated);
        await StoreHeapAsync(2, sawEnd: true);

        var view = (await Allocations.DualAsync(IdOf(1), IdOf(2)))!;

        Assert.Equal((4_500_000.0, 40_000L, 3, true, false), (view.AllocatedBytesPerSecond, view.HeapBytes, view.TypeCount, view.IsComplete, view.IsBiased));
        var order = view.Rows.Single(row => row.Type == "Shop.Order");
        Assert.Equal((DualQuadrant.Churn, 4_000_000.0, 0L, 80L, true), (order.Quadrant!.Value, order.AllocatedBytesPerSecond, order.InUseBytes, order.Samples, order.IsClear));
        var session = view.Rows.Single(row => row.Type == "Shop.Session");
        Assert.Equal((DualQuadrant.CacheOrLeak, 40_000L, 40L, 0.0), (session.Quadrant!.Value, session.InUseBytes, session.InUseObjects, session.AllocatedBytesPerSecond));
    }

    [Fact]
    public async Task Dual_WithAnIncompleteHeap_PutsNoTypeIntoAQuadrant()
    {
        await StoreAsync(1, "alloc.types.json", Allocated);
        await StoreHeapAsync(2, sawEnd: false);

        var view = (await Allocations.DualAsync(IdOf(1), IdOf(2)))!;

        Assert.False(view.IsComplete);
        Assert.All(view.Rows, row => Assert.Null(row.Quadrant));
    }

    [Theory]
    [InlineData(50, 0, false)]
    [InlineData(100, 0, true)]
    [InlineData(100, 20_000, true)]
    public async Task Dual_WithAnAllocationCaptureThatLostEvents_SaysWhenTheyWereMany(int lost, int rundown, bool isLossy)
    {
        await StoreAsync(1, "alloc.types.json", Allocated);
        await StoreHeapAsync(2, sawEnd: true);
        var capture = new Capture
        {
            CaptureId = IdOf(1), CampaignId = campaign, InstanceId = "i1", Service = "checkout", Kind = CaptureKind.Alloc,
            Summary = new CaptureSummary { EventCount = 1_000 + rundown, RundownEventCount = rundown, LostEvents = lost },
        };
        await new CampaignTable(rig.Database).WriteAsync(new CampaignRow { CampaignId = campaign, State = CampaignState.Running, CreatedAt = DateTimeOffset.UnixEpoch }, [capture], 1);

        var view = (await Allocations.DualAsync(IdOf(1), IdOf(2)))!;

        Assert.Equal(isLossy, view.IsLossy);
        var order = view.Rows.Single(row => row.Type == "Shop.Order");
        Assert.Equal((DualQuadrant.Churn, !isLossy), (order.Quadrant!.Value, order.IsClear));
    }

    [Fact]
    public async Task Dual_WithABiasedAllocationCapture_ClaimsNoClearTurnover()
    {
        await StoreAsync(1, "alloc.types.json", Allocated.Replace("\"isBiased\":false", "\"isBiased\":true", StringComparison.Ordinal));
        await StoreHeapAsync(2, sawEnd: true);

        var view = (await Allocations.DualAsync(IdOf(1), IdOf(2)))!;

        Assert.True(view.IsBiased);
        Assert.All(view.Rows, row => Assert.False(row.IsClear));
        Assert.Equal(DualQuadrant.Churn, view.Rows.Single(row => row.Type == "Shop.Order").Quadrant);
    }

    [Fact]
    public async Task Dual_OfTwoGoProfiles_IsByFunction()
    {
        await StoreAsync(1, "alloc.functions.json", """{"source":"goHeapProfile","isBiased":false,"durationMs":2000,"rows":[{"type":"main.(*cache[int]).fill","bytes":8000000,"objects":80000,"samples":16,"relativeError":0.49}]}""");
        await StoreAsync(2, "inuse.functions.json", """{"source":"goHeapProfile","isBiased":false,"durationMs":0,"rows":[{"type":"main.keep","bytes":900000,"objects":30,"samples":4,"relativeError":1},{"type":"main.(*cache[int]).fill","bytes":1000,"objects":1,"samples":1,"relativeError":1}]}""");

        var view = (await Allocations.DualAsync(IdOf(1), IdOf(2)))!;

        Assert.Equal((true, true, false, 4_000_000.0, 901_000L), (view.IsByFunction, view.IsComplete, view.IsBiased, view.AllocatedBytesPerSecond, view.HeapBytes));
        Assert.Equal([("main.(*cache[int]).fill", DualQuadrant.Churn, 1_000L, 16L), ("main.keep", DualQuadrant.CacheOrLeak, 900_000L, 0L)], view.Rows.Select(row => (row.Type, row.Quadrant!.Value, row.InUseBytes, row.Samples)));
    }

    [Fact]
    public async Task Dual_OfTwoRuntimesOrWithoutARate_IsNull()
    {
        await StoreAsync(1, "alloc.functions.json", """{"isBiased":false,"durationMs":2000,"rows":[]}""");
        await StoreHeapAsync(2, sawEnd: true);
        await StoreAsync(3, "alloc.functions.json", """{"isBiased":false,"durationMs":0,"rows":[]}""");
        await StoreAsync(4, "inuse.functions.json", """{"isBiased":false,"durationMs":0,"rows":[]}""");

        Assert.Null(await Allocations.DualAsync(IdOf(1), IdOf(2)));
        Assert.Null(await Allocations.DualAsync(IdOf(3), IdOf(4)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"durationMs":0,"isBiased":false,"rows":[]}""")]
    [InlineData("""{"durationMs":1e300,"isBiased":false,"rows":[]}""")]
    [InlineData("""{"durationMs":10,"isBiased":false,"rows":[{"type":1}]}""")]
    [InlineData("""{"durationMs":10""")]
    public async Task Dual_WithADamagedTable_IsNull(string table)
    {
        await StoreAsync(1, "alloc.types.json", table);
        await StoreHeapAsync(2, sawEnd: true);

        Assert.Null(await Allocations.DualAsync(IdOf(1), IdOf(2)));
        Assert.Null(await Allocations.DualAsync(IdOf(1), IdOf(3)));
    }

    private string IdOf(int ordinal) => CaptureId.Of(campaign, ordinal);

    private Task StoreAsync(int ordinal, string name, string content) => rig.StoreResultAsync(IdOf(ordinal), name, Encoding.UTF8.GetBytes(content));

    private Task StoreHeapAsync(int ordinal, bool sawEnd)
    {
        var builder = new HeapGraphBuilder();
        for (var session = 1; session <= 40; session++)
        {
            builder.AddNode((ulong)session * 8, 1_000, 1, 0);
            builder.AddRoot((ulong)session * 8, HeapRootKind.Stack);
        }

        builder.NameType(1, new HeapType("Shop.Session", "Shop"));
        var graph = builder.Build(new HeapCompleteness { SawEnd = sawEnd }, pointerBytes: 8);
        var types = TypeGroups.Of(graph);
        var retention = HeapRetention.Of(graph, types);
        using var tree = new MemoryStream();
        HeapTreeWriter.Write(graph, HeapTypes.Of(graph, types, retention.RetainedByType), retention, tree);
        return rig.StoreResultAsync(IdOf(ordinal), "heap.tree", tree.ToArray());
    }
}

using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Heaps;
using FleetProf.Silo.Tests.Campaigns;

namespace FleetProf.Silo.Tests.Heaps;

public sealed class HeapQueryGrainTests(SharedCampaignRig shared) : IClassFixture<SharedCampaignRig>
{
    private readonly CampaignRig rig = shared.Rig;
    private readonly string campaign = shared.NextCampaignId();

    private IHeapQueryGrain Heaps => rig.Grains.GetGrain<IHeapQueryGrain>(0);

    [Fact]
    public async Task Dominators_OfAStoredHeap_ArePagesOfItsTree()
    {
        await StoreAsync(1, sessions: 40);

        var heap = (await Heaps.DominatorsAsync(IdOf(1), new()))!;
        var list = (await Heaps.DominatorsAsync(IdOf(1), new() { Node = Assert.Single(heap.Rows).Node }))!;

        Assert.Equal((0, "heap", 64L + 40_000, true), (heap.Row.Node, heap.Row.Name, heap.HeapBytes, heap.IsComplete));
        Assert.Equal(("static field all", true), (heap.Rows[0].Name, heap.Rows[0].IsHolder));
        Assert.Equal(("Shop.Sessions", 1L, 64L, 40_064L, 1), Figures(Assert.Single(list.Rows)));
        Assert.Equal(["heap"], list.Ancestors.Select(row => row.Name));
        Assert.Empty((await Heaps.DominatorsAsync(IdOf(1), new() { Skip = 1, Take = int.MaxValue }))!.Rows);
        Assert.Null(await Heaps.DominatorsAsync(IdOf(1), new() { Node = 99 }));
        Assert.Null(await Heaps.DominatorsAsync(IdOf(2), new()));
        Assert.Null(await Heaps.DominatorsAsync("../../etc", new()));
    }

    [Fact]
    public async Task Paths_OfAType_LeadFromItsHolder()
    {
        await StoreAsync(1, sessions: 40);

        var paths = (await Heaps.PathsAsync(IdOf(1), "Shop.Session"))!;

        var path = Assert.Single(paths.Paths);
        Assert.Equal(["static field all", "Shop.Sessions", "Shop.Session"], path.Steps);
        Assert.Equal((40L, 40_000L, 1), (path.Objects, path.ShallowBytes, path.Ways));
        Assert.Null(await Heaps.PathsAsync(IdOf(1), "Shop.Nothing"));
        Assert.Equal(40L, Assert.Single((await Heaps.PathsInModuleAsync(IdOf(1), "Shop.Session", "Shop"))!.Paths).Objects);
        Assert.Null(await Heaps.PathsInModuleAsync(IdOf(1), "Shop.Session", "Shop.Web"));
    }

    [Fact]
    public async Task Diff_OfTwoStoredHeaps_NamesWhatGrew()
    {
        await StoreAsync(1, sessions: 40);
        await StoreAsync(2, sessions: 100);

        var diff = (await Heaps.DiffAsync(IdOf(1), IdOf(2)))!;

        var row = diff.Rows[0];
        Assert.Equal(("Shop.Session", 60L, 0L, 40L, 60_000L), (row.Type, row.NewAtLeast, row.DeadAtLeast, row.SurvivedAtMost, row.RetainedGrowth));
        Assert.Equal("What Shop.Session in static field all retains grew from 40 KB to 100 KB, from 40 to 100 objects.", diff.Paths[0].Sentence);
        Assert.Equal((41L, 101L, true), (diff.From.Objects, diff.To.Objects, diff.IsComplete));
        Assert.Null(await Heaps.DiffAsync(IdOf(1), IdOf(3)));
    }

    [Fact]
    public async Task Diff_WithAnIncompleteHeap_ConcludesNothing()
    {
        await StoreAsync(1, sessions: 40);
        await StoreAsync(2, sessions: 100, sawEnd: false);

        var diff = (await Heaps.DiffAsync(IdOf(1), IdOf(2)))!;

        Assert.False(diff.IsComplete);
        Assert.Equal((true, "the recording ends before the heap walk does"), (diff.From.IsComplete, diff.To.IncompleteReason));
        Assert.All(diff.Paths, path => Assert.Null(path.Sentence));
    }

    [Fact]
    public async Task Answers_OfADamagedFile_AreNull()
    {
        await rig.StoreResultAsync(IdOf(1), StoredSessions.Name, StoredSessions.Tree(sessions: 4)[..^40]);

        Assert.Null(await Heaps.DominatorsAsync(IdOf(1), new()));
        Assert.Null(await Heaps.PathsAsync(IdOf(1), "Shop.Session"));
    }

    private static (string Name, long Objects, long Shallow, long Retained, int Children) Figures(HeapTreeRow row) => (row.Name, row.Objects, row.ShallowBytes, row.RetainedBytes, row.ChildCount);

    private string IdOf(int ordinal) => CaptureId.Of(campaign, ordinal);

    private Task StoreAsync(int ordinal, int sessions, bool sawEnd = true) => rig.StoreResultAsync(IdOf(ordinal), StoredSessions.Name, StoredSessions.Tree(sessions, sawEnd));
}

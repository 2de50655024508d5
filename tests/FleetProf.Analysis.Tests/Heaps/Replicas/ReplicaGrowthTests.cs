using System.Collections.Concurrent;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Replicas;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Tests.Heaps.Replicas;

public sealed class ReplicaGrowthTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] SessionPath = ["static field all", "System.Collections.Generic.List<Shop.Session>", "Shop.Session[]", "Shop.Session"];

    [Fact]
    public async Task Growth_OfALeakInFiveOfSixReplicas_NamesThePathTheReplicasAndTheRate()
    {
        var growth = await ReplicaGrowth.OfAsync(Enumerable.Range(0, 6).SelectMany(replica => Snapshots($"r{replica}", hour => replica == 5 ? 100 : 100 + (40 * hour))));

        var path = growth.Paths[0];
        Assert.Equal((6, 0, 0), (growth.Replicas, growth.SingleReplicas, growth.LeftOut));
        Assert.Equal(SessionPath, path.Steps);
        Assert.Equal((5, 40_000.0, false), (path.GrowingReplicas, path.BytesPerHour, path.IsFading));
        Assert.Equal(("r5", 3, 100_000L, 100_000L, false), (path.Replicas[^1].Replica, path.Replicas[^1].Snapshots, path.Replicas[^1].FirstBytes, path.Replicas[^1].LastBytes, path.Replicas[^1].IsGrowing));
        Assert.Equal("What Shop.Session in static field all retains grew in 5 of 6 replicas, +40 KB/h, allocation rate flat.", path.Sentence(new LoadChange(1.1)));
        Assert.Single(growth.Paths);
    }

    [Fact]
    public async Task Growth_WithOneOddSnapshot_DoesNotFollowIt()
    {
        int[] sessions = [100, 900, 100, 101, 100];
        var growth = await ReplicaGrowth.OfAsync(Snapshots("r", hour => sessions[hour], hours: 5));

        Assert.Empty(growth.Paths);
    }

    /// <summary>The first was taken during start-up, the last after a cleanup.</summary>
    [Theory]
    [InlineData(900, 100, 200, 300, 400)]
    [InlineData(100, 200, 300, 400, 50)]
    public async Task Growth_BehindAnOddSnapshotAtOneEnd_IsFound(params int[] sessions)
    {
        var growth = await ReplicaGrowth.OfAsync(Snapshots("r", hour => sessions[hour], hours: 5));

        Assert.Contains(growth.Paths, path => path.Steps[^1] == "Shop.Session" && path.BytesPerHour is > 90_000 and < 110_000);
    }

    /// <summary>One without a tree, at the place of -1, is not the odd one.</summary>
    [Theory]
    [InlineData(-1, 900, 100, 200, 300, 400)]
    [InlineData(100, 200, 300, 400, 50, -1)]
    [InlineData(900, -1, 100, 200, 300, 400)]
    public async Task Growth_BehindOneWithoutATreeAndAnOddOne_IsFound(params int[] sessions)
    {
        var growth = await ReplicaGrowth.OfAsync(Enumerable.Range(0, sessions.Length).Select(hour =>
            sessions[hour] < 0 ? Snapshot("r", hour, Leak(1)) with { OpenDominators = WithoutTree } : Snapshot("r", hour, Leak(sessions[hour]))));

        Assert.Contains(growth.Paths, path => path.Steps[^1] == "Shop.Session" && path.BytesPerHour is > 90_000 and < 110_000);
        Assert.Equal(1, growth.LeftOut);
    }

    /// <summary>Only the four at the ends are read before, one after the other; those between wait here until three of them are being read.</summary>
    [Fact]
    public async Task Growth_OfManySnapshots_ReadsSeveralAtATimeAndNoMore()
    {
        var reading = 0;
        var counts = new ConcurrentBag<int>();
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var snapshots = Snapshots("r", hour => 100 + (40 * hour), hours: 9).Select((snapshot, hour) => snapshot with
        {
            OpenDominators = async token =>
            {
                var now = Interlocked.Increment(ref reading);
                counts.Add(now);
                if (now == 3)
                {
                    together.TrySetResult();
                }

                if (hour is > 1 and < 5)
                {
                    await together.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
                }

                Interlocked.Decrement(ref reading);
                return await snapshot.OpenDominators(token);
            },
        });

        var growth = await ReplicaGrowth.OfAsync(snapshots, atOnce: 3);

        Assert.Equal(3, counts.Max());
        Assert.Equal(9, Assert.Single(Assert.Single(growth.Paths).Replicas).Snapshots);
    }

    [Fact]
    public async Task Growth_WhenNobodyWaitsAnyMore_ReadsNoFurther()
    {
        using var waiting = new CancellationTokenSource();
        var read = new List<int>();
        var snapshots = Snapshots("r", hour => 100 + (40 * hour), hours: 9).Select((snapshot, hour) => snapshot with
        {
            OpenDominators = async token =>
            {
                read.Add(hour);
                if (hour == 2)
                {
                    await waiting.CancelAsync();
                }

                return await snapshot.OpenDominators(token);
            },
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReplicaGrowth.OfAsync(snapshots, cancellationToken: waiting.Token));

        Assert.Equal("0 8 1 7 0 1 2", string.Join(' ', read));
    }

    [Fact]
    public async Task Growth_ThatSlowsDown_SaysSo()
    {
        int[] sessions = [100, 500, 800, 820, 822, 823];
        var path = Assert.Single((await ReplicaGrowth.OfAsync(Snapshots("r", hour => sessions[hour], hours: 6))).Paths);

        Assert.True(path.IsFading);
        Assert.EndsWith("retains grew in the one replica, +107 KB/h, allocation rate +30 %. It slows down, as after a start.", path.Sentence(LoadChange.Of([(100, 130), (0, 5)])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Growth_BelowARowThatGrowsInMoreReplicas_KeepsBoth()
    {
        var growth = await ReplicaGrowth.OfAsync(Enumerable.Range(0, 4).SelectMany(replica => Enumerable.Range(0, 3).Select(hour =>
            Snapshot($"r{replica}", hour, Cache(small: replica < 2 ? 100 + (hour * 300) : 100, large: replica < 2 ? 100 : 100 + (hour * 300))))));

        Assert.Equal(["static field cache > Shop.Cache", "static field cache > Shop.Cache > Shop.Large", "static field cache > Shop.Cache > Shop.Small"],
            growth.Paths.Select(path => string.Join(" > ", path.Steps)).Order(StringComparer.Ordinal));
        Assert.Equal((4, 2, 2), (growth.Paths[0].GrowingReplicas, growth.Paths[1].GrowingReplicas, growth.Paths[2].GrowingReplicas));
    }

    [Fact]
    public async Task Growth_WithoutTwoCompleteSnapshots_TellsNothing()
    {
        var cut = Snapshot("a", 1, Leak(900)) with { IsComplete = false };
        var treeless = Snapshot("a", 2, Leak(900)) with { OpenDominators = WithoutTree };
        var growth = await ReplicaGrowth.OfAsync([Snapshot("a", 0, Leak(100)), cut, treeless, Snapshot("b", 0, Leak(100)), Snapshot("b", 0, Leak(900))]);

        Assert.Equal((1, 1, 2), (growth.Replicas, growth.SingleReplicas, growth.LeftOut));
        // Two at the same time have no rate.
        Assert.Empty(growth.Paths);
        Assert.Equal(0, (await ReplicaGrowth.OfAsync([])).Replicas);
    }

    [Fact]
    public async Task Growth_WithSnapshotsThatTakeNoPart_NamesTheFirstAndTheLastThatDo()
    {
        var cut = Snapshot("r", 0, Leak(900)) with { IsComplete = false };
        var treeless = Snapshot("r", 3, Leak(900)) with { OpenDominators = WithoutTree };
        var growth = await ReplicaGrowth.OfAsync([cut, Snapshot("r", 1, Leak(100)), Snapshot("r", 2, Leak(200)), treeless]);

        var replica = Assert.Single(Assert.Single(growth.Paths).Replicas);
        Assert.Equal(("r-1", "r-2", 100_000L, 200_000L), (replica.FirstSnapshot, replica.LastSnapshot, replica.FirstBytes, replica.LastBytes));
        Assert.Equal(2, growth.LeftOut);
    }

    [Fact]
    public async Task Growth_OfATypeBesideOneOfItsNameThatShrinks_IsNotHidden()
    {
        var growth = await ReplicaGrowth.OfAsync(Enumerable.Range(0, 3).Select(hour => Snapshot("r", hour, Carts(shop: 400 - (100 * hour), web: 100 + (40 * hour)))));

        var path = Assert.Single(growth.Paths);
        Assert.Equal(["static field all", "Shop.Carts", "Shop.Cart (Shop.Web)"], path.Steps);
        Assert.StartsWith("What Shop.Cart (Shop.Web) in static field all retains grew ", path.Sentence(null), StringComparison.Ordinal);
        var replica = Assert.Single(path.Replicas);
        Assert.Equal((40_000.0, 100_000L, 180_000L), (replica.BytesPerHour, replica.FirstBytes, replica.LastBytes));
    }

    [Fact]
    public async Task Growth_InReplicasOfTwoBuildsThatNumberTheirClosuresDifferently_IsOfOnePath()
    {
        var growth = await ReplicaGrowth.OfAsync(Enumerable.Range(0, 3).SelectMany(replica => Enumerable.Range(0, 3).Select(hour =>
            Snapshot($"r{replica}", hour, Closures($"<>c__DisplayClass{(replica < 2 ? 4 : 5)}_0", 100 + (40 * hour))))));

        var path = Assert.Single(growth.Paths);
        Assert.Equal(["static field work", "Shop.Queue", "<>c__DisplayClass4_0"], path.Steps);
        Assert.Equal((3, 40_000.0), (path.GrowingReplicas, path.BytesPerHour));
    }

    private static IEnumerable<ReplicaSnapshot> Snapshots(string replica, Func<int, int> sessions, int hours = 3) =>
        Enumerable.Range(0, hours).Select(hour => Snapshot(replica, hour, Leak(sessions(hour))));

    private static ReplicaSnapshot Snapshot(string replica, int hour, HeapGraph graph) =>
        new($"{replica}-{hour}", replica, Start.AddHours(hour), IsComplete: true, _ => Task.FromResult<TypeTree?>(HeapRetention.Of(graph, TypeGroups.Of(graph)).Dominators));

    private static Task<TypeTree?> WithoutTree(CancellationToken cancellationToken) => Task.FromResult<TypeTree?>(null);

    private static HeapGraph Leak(int sessions)
    {
        var heap = new HeapSketch();
        var array = heap.Add("Shop.Session[]", 8_000, heap.Many(sessions, _ => heap.Add("Shop.Session", 1_000)));
        heap.Static(heap.Add("System.Collections.Generic.List`1[Shop.Session]", 32, array), "all");
        return heap.ToGraph();
    }

    private static HeapGraph Carts(int shop, int web)
    {
        var heap = new HeapSketch();
        int[] carts = [.. heap.Many(shop, _ => heap.Add(new HeapType("Shop.Cart", "Shop"), 1_000)), .. heap.Many(web, _ => heap.Add(new HeapType("Shop.Cart", "Shop.Web"), 1_000))];
        heap.Static(heap.Add("Shop.Carts", 32, carts), "all");
        return heap.ToGraph();
    }

    private static HeapGraph Closures(string name, int count)
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Queue", 32, heap.Many(count, _ => heap.Add(name, 1_000))), "work");
        return heap.ToGraph();
    }

    private static HeapGraph Cache(int small, int large)
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Cache", 32, [.. heap.Many(small, _ => heap.Add("Shop.Small", 1_000)), .. heap.Many(large, _ => heap.Add("Shop.Large", 1_000))]), "cache");
        return heap.ToGraph();
    }
}

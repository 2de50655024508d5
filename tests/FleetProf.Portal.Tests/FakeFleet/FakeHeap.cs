using System.Globalization;
using FleetProf.Contracts.Heaps;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>A made-up heap: its dominator tree by types with a leak, a wide row and a deep one, and the result files that belong to it.</summary>
internal static class FakeHeap
{
    public const long Bytes = 342_118_400;
    public const int WideChildren = 130;
    public const int Depth = 40;
    public const string Cart = "Example.Checkout.Carts.Cart";
    public const string Handler = "Example.Checkout.Events.PriceChangedHandler";
    public const string Evil = "<img src=x onerror=alert(1)>";

    /// <summary>Another assembly that has a type of the cart's name.</summary>
    public const string OtherModule = "Example.Legacy";

    private const string CartList = "System.Collections.Generic.List`1[Example.Checkout.Carts.Cart]";

    /// <summary>Breadth first, as the analyzer numbers them.</summary>
    public static IReadOnlyList<HeapTreeRow> Rows { get; } = Create();

    /// <summary>Number of the row at the end of a path of names below the heap.</summary>
    public static int IdOf(params ReadOnlySpan<string> names)
    {
        var node = 0;
        foreach (var name in names)
        {
            node = Children(node).First(row => row.Name == name).Node;
        }

        return node;
    }

    public static IReadOnlyList<HeapTreeRow> Children(int node) => [.. Rows.Where(row => row.Parent == node)];

    public static IReadOnlyList<HeapPath> PathsOf(string type) =>
    [
        new() { Steps = ["static field Carts", CartList, $"{Cart}[]", type], Objects = 40_000, ShallowBytes = 1_280_000, Ways = 1, SharedTail = 4 },
        new() { Steps = ["static field Carts", "Example.Checkout.Events.Bus", type], Objects = 2_000, ShallowBytes = 64_000, Ways = 3, SharedTail = 2 },
        new() { Steps = ["stacks or thread-static fields", Evil, type], Objects = 12, ShallowBytes = 384, Ways = 1, SharedTail = 3 },
    ];

    public static object SuspectsFile() => new
    {
        heapBytes = Bytes,
        reachableBytes = Bytes - 2_000_000,
        unreachableObjects = 8_120,
        isComplete = true,
        incompleteReason = (string?)null,
        note = "A snapshot holds types, sizes and references.",
        rows = new[]
        {
            Suspect(
                "40,000 objects of Example.Checkout.Carts.Cart retain 171 MB (50 % of the heap); they gather in one Example.Checkout.Carts.Cart[], held by the static field Carts. The collection keeps every element until it is removed.",
                Cart, 0.5, ["static field Carts", CartList, $"{Cart}[]", Cart]),
            Suspect(
                $"2,000 objects of {Handler} retain 41.1 MB (12 % of the heap), held by pinned handles. A subscriber stays alive until it unsubscribes or the event's owner dies.", Handler, 0.12, ["pinned handles", Handler]),
        },
        findings = new[]
        {
            new { kind = "staticCollection", sentence = $"One {Evil} that the static field Carts holds has 40,000 elements.", type = CartList, objects = 1, retainedBytes = 171_000_000, holder = "static field Carts" },
            new { kind = "pinnedObjects", sentence = "2,000 objects are pinned.", type = "System.Byte[]", objects = 2_000, retainedBytes = 41_100_000, holder = "pinned handles" },
        },
    };

    public static object PathsFile() => new
    {
        isComplete = true,
        incompleteReason = (string?)null,
        rows = new[] { Cart, CartList, "System.String", Handler, Evil }.Select((type, rank) => new
        {
            type,
            module = "Example.Checkout",
            retainedBytes = 171_000_000 / (rank + 1),
            paths = PathsOf(type).Select(path => new { steps = path.Steps, objects = path.Objects, shallowBytes = path.ShallowBytes, ways = path.Ways, sharedTail = path.SharedTail }),
            incoming = new[] { new { type = $"{Cart}[]", module = "Example.Checkout", references = 40_000 } },
            outgoing = new[] { new { type = "System.String", module = "System.Private.CoreLib", references = 80_000 } },
        }),
    };

    public static HeapDiffReport Diff(string from, string to) => new()
    {
        From = new() { CaptureId = from, Objects = 1_400_000, HeapBytes = Bytes - 60_000_000 },
        To = new() { CaptureId = to, Objects = 1_874_332, HeapBytes = Bytes },
        TypeCount = 61,
        Rows =
        [
            .. Enumerable.Range(0, 61).Select(rank => new HeapTypeChange
            {
                Type = rank is 0 or 5 ? Cart : rank == 1 ? Evil : string.Create(CultureInfo.InvariantCulture, $"Example.Checkout.Model.Entity{rank}"),
                Module = rank == 5 ? OtherModule : "Example.Checkout",
                CountBefore = 1_000, CountAfter = 1_000 + (30 - rank) * 40L, NewAtLeast = Math.Max(0, (30 - rank) * 40L), DeadAtLeast = Math.Max(0, (rank - 30) * 40L), SurvivedAtMost = Math.Min(1_000, 1_000 + (30 - rank) * 40L),
                ShallowBytesBefore = 1_200_000, ShallowBytesAfter = 1_200_000 + (30 - rank) * 48_000L,
                RetainedBytesBefore = 60_000_000, RetainedBytesAfter = 60_000_000 + (30 - rank) * 1_900_000L, RetainedGrowth = (30 - rank) * 1_900_000L,
            }),
        ],
        Paths =
        [
            .. Enumerable.Range(0, 8).Select(rank => new HeapPathChange
            {
                Sentence = $"What {Cart} in static field Carts retains {(rank % 3 == 2 ? "shrank" : "grew")} from 114 MB to 171 MB, from 26,000 to 40,000 objects.",
                Steps = ["static field Carts", CartList, $"{Cart}[]", rank == 1 ? Evil : Cart],
                ObjectsBefore = 26_000, ObjectsAfter = 40_000, RetainedBytesBefore = 114_000_000, RetainedBytesAfter = 171_000_000, RetainedGrowth = (rank % 3 == 2 ? -1 : 1) * 57_000_000L / (rank + 1),
            }),
        ],
    };

    /// <summary>Paths that grow in ever fewer of six replicas; the second has a hostile name, the last fades.</summary>
    public static HeapGrowthReport Growth(string service, IReadOnlyList<string> captures) => new()
    {
        Service = service, Replicas = 6, SingleReplicas = 1, LeftOutSnapshots = 2, AllocationRatio = 1.03,
        Rows = [.. Enumerable.Range(0, 5).Select(rank => GrowthRow(rank, captures))],
    };

    private static HeapGrowthRow GrowthRow(int rank, IReadOnlyList<string> captures) => new()
    {
        Sentence = $"What {(rank == 1 ? Evil : Cart)} in static field Carts retains grew in {5 - rank} of 6 replicas, +{40 - (8 * rank)} MB/h, allocation rate flat.{(rank == 4 ? " It slows down, as after a start." : "")}",
        Steps = ["static field Carts", CartList, $"{Cart}[]", rank == 1 ? Evil : Cart],
        GrowingReplicas = 5 - rank, BytesPerHour = (40 - (8 * rank)) * 1_000_000.0, IsFading = rank == 4,
        Replicas =
        [
            .. Enumerable.Range(0, 6).Select(replica => new HeapGrowthReplica
            {
                InstanceId = string.Create(CultureInfo.InvariantCulture, $"checkout-{replica}"), Host = string.Create(CultureInfo.InvariantCulture, $"host-{replica:00}"), Version = "1.4.0", Snapshots = 3,
                FirstBytes = 114_000_000, LastBytes = replica < 5 - rank ? 194_000_000 : 114_000_000, BytesPerHour = replica < 5 - rank ? 40_000_000 - (replica * 500_000) : 0, IsGrowing = replica < 5 - rank,
                FirstCaptureId = captures[^1], LastCaptureId = captures[0],
            }),
        ],
    };

    private static object Suspect(string sentence, string type, double share, string[] path) => new
    {
        sentence, type, module = "Example.Checkout", objects = 40_000, retainedBytes = (long)(Bytes * share), heapShare = share, isAccumulation = true, holder = path[0], pattern = "collection",
        path = path.Select((name, depth) => new { name, objects = depth == 0 ? 0 : 40_000, retainedBytes = (long)(Bytes * share), node = IdOf([.. path.Take(depth + 1)]) }),
    };

    private static IReadOnlyList<HeapTreeRow> Create()
    {
        var rows = new List<HeapTreeRow> { Row(0, -1, "heap", Bytes, 0) };
        var planned = new Queue<(int Parent, IEnumerable<Plan> Children)>([(0, Holders())]);
        while (planned.TryDequeue(out var level))
        {
            var count = 0;
            foreach (var child in level.Children)
            {
                rows.Add(Row(rows.Count, level.Parent, child.Name, child.Retained, level.Parent == 0 ? 0 : child.Objects) with { IsHolder = level.Parent == 0 });
                planned.Enqueue((rows.Count - 1, child.Children));
                count++;
            }

            rows[level.Parent] = rows[level.Parent] with { ChildCount = count };
        }

        return rows;
    }

    private static HeapTreeRow Row(int node, int parent, string name, long retained, long objects) => new()
    {
        Node = node, Parent = parent, Name = name, Module = parent > 0 ? "Example.Checkout" : "", Objects = objects, ShallowBytes = objects * 32, RetainedBytes = retained,
    };

    private static IEnumerable<Plan> Holders() =>
    [
        new("static field Carts", 171_000_000, 0, [new(CartList, 171_000_000, 1, [new($"{Cart}[]", 171_000_000, 1, [new(Cart, 170_000_000, 40_000, [new("System.String", 90_000_000, 80_000, [])])])])]),
        new("stacks or thread-static fields", 60_000_000, 0, Enumerable.Range(0, WideChildren).Select(rank => new Plan(
            rank == 3 ? Evil : string.Create(CultureInfo.InvariantCulture, $"Example.Checkout.Model.Entity{rank}"), 900_000 - (rank * 5_000), 10, []))),
        new("pinned handles", 41_100_000, 0, [new(Handler, 41_100_000, 2_000, [])]),
        new("strong handles", 20_000_000, 0, [Chain(1)]),
    ];

    private static Plan Chain(int depth) => new(
        string.Create(CultureInfo.InvariantCulture, $"Example.Checkout.Chain.Link{depth}"), 20_000_000 - (depth * 1_000), 1, depth == Depth ? [] : [Chain(depth + 1)]);

    private sealed record Plan(string Name, long Retained, long Objects, IEnumerable<Plan> Children);
}

using System.Globalization;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>Made-up tables: GCs with PerfView's columns, allocated types, heap types.</summary>
internal static class FakeTables
{
    public const int GcCount = 420;

    private static readonly string[] Types =
    [
        "System.String", "System.Byte[]", "Example.Checkout.Carts.Cart", "System.Int32", "Example.Checkout.Events.PriceChangedHandler",
        "System.Collections.Generic.Dictionary<System.String,Example.Checkout.Product>", "System.Char[]", "System.Object[]", "<img src=x onerror=alert(1)>",
    ];

    public static IEnumerable<Dictionary<string, object?>> Gcs()
    {
        var random = new Random(5);
        var at = 12.0;
        for (var i = 1; i <= GcCount; i++)
        {
            var generation = i % 40 == 0 ? 2 : i % 6 == 0 ? 1 : 0;
            var pause = (0.6 + random.NextDouble()) * (generation == 2 ? 38 : generation == 1 ? 4 : 1.5);
            at += 8 + (random.NextDouble() * 30);
            yield return Gc(i, generation, at, pause, random);
        }
    }

    public static object AllocTypes() => new
    {
        source = "allocationSampled",
        isBiased = false,
        sampleCount = 5210,
        durationMs = 10_000,
        totalBytes = 1_200_000_000,
        rows = Rows().Select(row => new { type = row.Type, bytes = row.Bytes * 7, objects = row.Count * 9, samples = 5210 / (row.Rank + 2), relativeError = 0.02 * (row.Rank + 1), isLowConfidence = 5210 / (row.Rank + 2) < 30 }),
    };

    public static object HeapTypes() => new
    {
        objectCount = 1_874_332,
        edgeCount = 4_100_277,
        rootCount = 8_210,
        heapBytes = FakeHeap.Bytes,
        isComplete = true,
        incompleteReason = (string?)null,
        rows = Rows().Select(row => new { type = row.Type, module = "Example.Checkout", count = row.Count, shallowBytes = row.Bytes, retainedBytes = row.Bytes * 2 }),
    };

    private static IEnumerable<(int Rank, string Type, long Bytes, long Count)> Rows() => Enumerable.Range(0, 400).Select(rank => (
        rank,
        rank < Types.Length ? Types[rank] : string.Create(CultureInfo.InvariantCulture, $"Example.Checkout.Model.Entity{rank}"),
        160_000_000L / ((rank + 1) * (rank + 2)),
        2_000_000L / ((rank + 1) * (rank + 1))));

    private static Dictionary<string, object?> Gc(int index, int generation, double at, double pause, Random random) => new()
    {
        ["GC Index"] = index,
        ["Pause Start"] = Math.Round(at, 3),
        ["Trigger Reason"] = generation == 2 ? "AllocLarge" : "AllocSmall",
        ["Gen"] = generation == 2 ? "2B" : $"{generation}N",
        ["Suspend Msec"] = Math.Round(random.NextDouble() * 0.2, 3),
        ["Pause MSec"] = Math.Round(pause, 3),
        ["% Pause Time"] = Math.Round(pause / 25 * 100, 1),
        ["% GC"] = null,
        ["Gen0 Alloc MB"] = Math.Round(40 + (random.NextDouble() * 20), 3),
        ["Gen0 Alloc Rate MB/sec"] = Math.Round(900 + (random.NextDouble() * 300), 1),
        ["Peak MB"] = 420.5,
        ["After MB"] = 371.2,
        ["Ratio Peak/After"] = 1.133,
        ["Promoted MB"] = Math.Round(random.NextDouble() * 9, 3),
        ["Gen0 MB"] = 0.1, ["Gen0 Survival Rate %"] = 4, ["Gen0 Frag %"] = 0.5,
        ["Gen1 MB"] = 6.2, ["Gen1 Survival Rate %"] = 41, ["Gen1 Frag %"] = 1.5,
        ["Gen2 MB"] = 310.0, ["Gen2 Survival Rate %"] = 99, ["Gen2 Frag %"] = 3.1,
        ["LOH MB"] = 54.9, ["LOH Survival Rate %"] = 100, ["LOH Frag %"] = 0.0,
        ["POH MB"] = 0.4, ["POH Survival Rate %"] = 100, ["POH Frag %"] = 0.0,
        ["Finalizable Surv MB"] = 0.02,
        ["Pinned Obj"] = 3,
        ["Type"] = generation == 2 ? "BackgroundGC" : "NonConcurrentGC",
        ["Generation"] = generation,
        ["Cause"] = generation == 2 ? "LohBudget" : "Ordinary",
        ["Evidence"] = generation == 2 ? "The budget of the large object heap was used up (AllocLarge): 54.9 MB of large objects before." : "",
        ["Mark MSec"] = Math.Round(pause / 2, 3),
    };
}

using System.IO.Compression;
using System.Runtime.CompilerServices;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Measures.GcPauses;
using FleetProf.TestKit.GcPauses;

namespace FleetProf.Fuzz;

/// <summary>Sound input to begin with: small, with one of everything.</summary>
internal static class FuzzSeeds
{
    private const int LogBytes = 4_000;

    public static IEnumerable<byte[]> Nettraces()
    {
        var gcs = new WrittenGcs(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), 1_000_000_000);
        yield return gcs.Collection(1, 2_000_000_000).ToArray();
        yield return gcs.Collection(2, 3_000_000_000).Lose(3).Event(500, 3_500_000_000, [1, 2, 3]).Collection(4, 4_000_000_000).ToArray(hasEnd: false);
    }

    public static byte[] Gcdump() => Written(stream => GcdumpWriter.Write(Heap(), new GcdumpFacts { ProcessId = 1 }, stream));

    public static byte[] HeapGraph() => Written(stream => HeapGraphFile.Write(Heap(), stream));

    public static byte[] HeapTree() => Written(stream =>
    {
        var graph = Heap();
        var types = TypeGroups.Of(graph);
        var retention = HeapRetention.Of(graph, types);
        HeapTreeWriter.Write(graph, HeapTypes.Of(graph, types, retention.RetainedByType), retention, stream);
    });

    public static IEnumerable<byte[]> GoLogs() => Files("go", "gctrace*");

    public static IEnumerable<byte[]> MemStats() => Files("go", "heap-debug1.txt", whole: true);

    /// <summary>Unpacked: what gzip would refuse reaches no reader.</summary>
    public static IEnumerable<byte[]> Profiles() => Files("go/pprof", "*.pb.gz", whole: true).Select(Unpacked);

    public static IEnumerable<byte[]> EscapeTexts() => Files("go/escapes", "*.txt");

    public static IEnumerable<byte[]> EscapeJson() => Files("go/escapes/json/main", "*.json");

    public static IEnumerable<byte[]> JvmLogs() => Files("jvm", "*");

    public static IEnumerable<byte[]> Sketches()
    {
        var sketch = new DdSketch();
        foreach (var value in new[] { 0, 0.1, 1, 2, 2, 300 })
        {
            sketch.Add(value);
        }

        yield return sketch.ToBytes();
    }

    private static IEnumerable<byte[]> Files(string folder, string pattern, bool whole = false) =>
        Directory.GetFiles(Path.Combine(TestData(), folder), pattern).Select(path => File.ReadAllBytes(path)).Select(bytes => whole ? bytes : bytes[..Math.Min(bytes.Length, LogBytes)]);

    private static byte[] Unpacked(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        return Written(gzip.CopyTo);
    }

    private static string TestData([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "testdata");

    private static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    // A static list of sessions in a cycle, a thread's stack, a weak handle, an object that nothing reaches.
    private static HeapGraph Heap()
    {
        var builder = new HeapGraphBuilder();
        builder.AddNode(8, 64, 1, 3);
        for (ulong session = 0; session < 3; session++)
        {
            builder.AddEdge(1_000 + (8 * session));
        }

        for (ulong session = 0; session < 3; session++)
        {
            builder.AddNode(1_000 + (8 * session), 100, 2, 1);
            builder.AddEdge(1_000 + (8 * ((session + 1) % 3)));
        }

        builder.AddNode(5_000, 32, 3, 0);
        builder.NameType(1, new HeapType("System.Collections.Generic.List`1[Shop.Session]", "System.Private.CoreLib"));
        builder.NameType(2, new HeapType("Shop.Session", "Shop"));
        builder.NameType(3, new HeapType("System.String", "System.Private.CoreLib"));
        builder.AddRoot(8, HeapRootKind.StaticField, "Shop.Sessions.all");
        builder.AddRoot(1_008, HeapRootKind.Stack, "");
        return builder.Build(new HeapCompleteness { SawEnd = true }, pointerBytes: 8);
    }
}

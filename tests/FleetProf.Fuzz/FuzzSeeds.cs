using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
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
    /// <summary>In the program that is a single file.</summary>
    public const string PackedFile = "shop.dll";
    private const int LogBytes = 4_000;
    private const int ElfPart = 64;

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

    /// <summary>A program with its configuration and a compressed file inside, as .NET's bundler lays it out.</summary>
    public static byte[] SingleFile() => Written(stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        var mark = SHA256.HashData(".net core bundle\n"u8);
        var configuration = """{"runtimeOptions":{"configProperties":{"System.GC.Server":true}}}"""u8.ToArray();
        var file = new byte[200];
        var packed = Written(packing =>
        {
            using var deflate = new DeflateStream(packing, CompressionLevel.Fastest, leaveOpen: true);
            deflate.Write(file);
        });
        var host = new byte[100];
        long place = host.Length + sizeof(long) + mark.Length;
        writer.Write(host);
        writer.Write(place + configuration.Length + packed.Length);
        writer.Write(mark);
        writer.Write(configuration);
        writer.Write(packed);
        // Version 6.0, how many files, the bundle's id, no file of dependencies, where the configuration is, and flags.
        writer.Write(6u);
        writer.Write(0u);
        writer.Write(2);
        writer.Write("E5g2tk8yJUK7");
        writer.Write(0L);
        writer.Write(0L);
        writer.Write(place);
        writer.Write((long)configuration.Length);
        writer.Write(1UL);
        foreach (var (name, at, size, stored) in new[] { ("shop.runtimeconfig.json", place, configuration.Length, 0), (PackedFile, place + configuration.Length, file.Length, packed.Length) })
        {
            writer.Write(at);
            writer.Write((long)size);
            writer.Write((long)stored);
            writer.Write((byte)1);
            writer.Write(name);
        }
    });

    /// <summary>An ELF file with a header and three sections: none, what Go says of the build, and the names.</summary>
    public static byte[] GoProgram() => Written(stream =>
    {
        byte[] info = [0xFF, .. " Go buildinf:"u8, 8, 2, .. new byte[16], 8, .. "go1.22.1"u8, 0];
        var names = "\0.go.buildinfo\0.shstrtab\0"u8.ToArray();
        var header = new byte[ElfPart];
        byte[] kind = [0x7F, .. "ELF"u8, 2, 1];
        kind.CopyTo(header, 0);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), ElfPart + info.Length + names.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(58), ElfPart);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(60), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(62), 2);
        stream.Write(header);
        stream.Write(info);
        stream.Write(names);
        stream.Write(new byte[ElfPart]);
        stream.Write(Section(1, ElfPart, info.Length));
        stream.Write(Section(1 + ".go.buildinfo\0"u8.Length, ElfPart + info.Length, names.Length));
    });

    private static byte[] Section(int name, long offset, long size)
    {
        var section = new byte[ElfPart];
        BinaryPrimitives.WriteInt32LittleEndian(section, name);
        BinaryPrimitives.WriteInt64LittleEndian(section.AsSpan(24), offset);
        BinaryPrimitives.WriteInt64LittleEndian(section.AsSpan(32), size);
        return section;
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

using CsCheck;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class HeapFileTests
{
    [Fact]
    public void HeapGraphFile_OfARandomHeap_ReadsBackEqual() => RandomHeaps.Objects.Sample(objects =>
    {
        var graph = RandomHeaps.ToGraph(objects);

        using var stream = new MemoryStream(Bytes(graph));
        var read = HeapGraphFile.Read(stream);

        AssertEqual(graph, read);
        Assert.Equal(graph.Types, read.Types);
        Assert.Equal(graph.Completeness, read.Completeness);
    });

    /// <summary>Minus one as the length of a text.</summary>
    private static readonly byte[] NegativeLength = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];

    [Fact]
    public void HeapGraphFile_WithAnyByteChangedOrCut_IsRefused()
    {
        var bytes = Bytes(RandomHeaps.ToGraph([(8, 24, 1, [16]), (16, 32, 2, [])]));
        for (var at = 0; at < bytes.Length; at++)
        {
            var (changed, erased) = ((byte[])bytes.Clone(), (byte[])bytes.Clone());
            changed[at] ^= 0x40;
            // Found by fuzzing: the length of a text with too many bytes, sizes that add up to too much.
            erased.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill(0xFF);
            // And one below zero.
            var negative = (byte[])bytes.Clone();
            NegativeLength.AsSpan(0, Math.Min(NegativeLength.Length, bytes.Length - at)).CopyTo(negative.AsSpan(at));
            Assert.Throws<InvalidDataException>(() => HeapGraphFile.Read(new MemoryStream(negative)));
            Assert.Throws<InvalidDataException>(() => HeapGraphFile.Read(new MemoryStream(changed)));
            if (!erased.AsSpan().SequenceEqual(bytes))
            {
                Assert.Throws<InvalidDataException>(() => HeapGraphFile.Read(new MemoryStream(erased)));
            }

            Assert.Throws<InvalidDataException>(() => HeapGraphFile.Read(new MemoryStream(bytes[..at])));
        }
    }

    [Theory]
    [InlineData(2, 0, 1)] // a reference to nowhere
    [InlineData(-1, 0, 1)]
    [InlineData(1, 7, 1)] // a type that is not there
    [InlineData(1, 0, 5)] // rows that end behind the references
    public void HeapGraphFile_WithARightChecksumAndWrongIndexes_IsRefused(int target, int type, int end)
    {
        var graph = new HeapGraph
        {
            Types = [new HeapType("Shop.Cart", "Shop")],
            TypeIndex = [0, type],
            ShallowBytes = [24, 24],
            Address = [8, 16],
            EdgeStart = [0, 1, end],
            EdgeTarget = [target],
            Roots = [],
            Completeness = new HeapCompleteness { SawEnd = true },
        };

        Assert.Throws<InvalidDataException>(() => HeapGraphFile.Read(new MemoryStream(Bytes(graph))));
    }

    [Fact]
    public void Gcdump_OfARandomHeap_ReadsBackEqual() => RandomHeaps.Objects.Sample(objects =>
    {
        var graph = RandomHeaps.ToGraph(objects);
        using var stream = new MemoryStream();
        GcdumpWriter.Write(graph, new GcdumpFacts { ProcessId = 7, ProcessName = "shop" }, stream);
        stream.Position = 0;

        var read = GcdumpReader.Read(stream);

        AssertEqual(graph, read);
        Assert.Equal(
            Enumerable.Range(0, graph.NodeCount).Select(node => graph.Types[graph.TypeIndex[node]].Name.Replace("`1[System.String]", "<System.String>", StringComparison.Ordinal)),
            Enumerable.Range(0, read.NodeCount).Select(node => read.Types[read.TypeIndex[node]].Name));
    });

    /// <summary>It turns all square brackets into angle ones, and then every empty pair of these into square ones.</summary>
    [Fact]
    public void Gcdump_WithNamesAsDotnetGcdumpWritesThem_HasThoseOfTheCompilerAndOfRanks()
    {
        var sketch = new HeapSketch();
        string[] written = ["[]c__DisplayClass4_0", "Shop.Cell<,>[] (Bytes > 10K)", "Shop.Pair<[]f__AnonymousType3<System.Int32>,System.Byte[]>", "Shop.Desk+<PlaceAsync>d__4", "Shop.Grid<System.Byte<,,>>"];
        foreach (var name in written)
        {
            sketch.Add(name, 24);
        }

        sketch.Root(0, HeapRootKind.StaticField, "Shop.Desk+[]c.<>9");
        using var stream = new MemoryStream();
        GcdumpWriter.Write(sketch.ToGraph(), new GcdumpFacts(), stream);
        stream.Position = 0;

        var read = GcdumpReader.Read(stream);

        Assert.Equal(
            ["<>c__DisplayClass4_0", "Shop.Cell[,][]", "Shop.Pair<<>f__AnonymousType3<System.Int32>,System.Byte[]>", "Shop.Desk+<PlaceAsync>d__4", "Shop.Grid<System.Byte[,,]>"],
            read.TypeIndex.Select(type => read.Types[type].Name));
        Assert.Equal("Shop.Desk+<>c.<>9", Assert.Single(read.Roots).Label);
    }

    /// <summary>PerfView keeps a sample of a heap that is too large for it, and says how many objects each of it stands for.</summary>
    [Fact]
    public void Gcdump_OfASample_IsNotComplete()
    {
        using var whole = new MemoryStream();
        GcdumpWriter.Write(RandomHeaps.ToGraph([(8, 24, 1, [16]), (16, 32, 2, [])]), new GcdumpFacts(), whole);
        var bytes = whole.ToArray();
        byte[] one = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(1f)];
        BitConverter.GetBytes(20f).CopyTo(bytes, bytes.AsSpan().LastIndexOf(one));

        var (complete, sampled) = (GcdumpReader.Read(new MemoryStream(whole.ToArray())), GcdumpReader.Read(new MemoryStream(bytes)));

        Assert.True(complete.Completeness.IsComplete);
        Assert.False(sampled.Completeness.IsComplete);
        Assert.Equal("the file holds a sample, one object in 20: counts and sizes are those of the sample", sampled.Completeness.ReadProblem);
    }

    [Fact]
    public void Gcdump_CutOrDamaged_IsRefusedOrReadNeverMore()
    {
        using var whole = new MemoryStream();
        GcdumpWriter.Write(RandomHeaps.ToGraph([(8, 24, 1, [16]), (16, 32, 2, [])]), new GcdumpFacts(), whole);
        var bytes = whole.ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x80;
            ReadOrRefuse(damaged);
            ReadOrRefuse(bytes[..at]);
        }
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(63, "3F")]
    [InlineData(-64, "40")]
    [InlineData(64, "8040")]
    [InlineData(-65, "FF3F")]
    [InlineData(int.MaxValue, "87FFFFFF7F")]
    [InlineData(int.MinValue, "F880808000")]
    public void GcdumpNumber_OfAKnownValue_IsTheFormatsBytes(int value, string expected)
    {
        var bytes = new byte[GcdumpNumber.MaxLength];

        var length = GcdumpNumber.Write(bytes, value);

        Assert.Equal(expected, Convert.ToHexString(bytes[..length]));
    }

    [Fact]
    public void GcdumpNumber_OfAnyValue_ReadsBack() => Gen.Int.Sample(value =>
    {
        var bytes = new byte[GcdumpNumber.MaxLength];
        var length = GcdumpNumber.Write(bytes, value);
        var position = 0;
        Assert.Equal(value, GcdumpNumber.Read(bytes, ref position));
        Assert.Equal(length, position);
        Assert.Equal(GcdumpNumber.Length(value), length);
    });

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            GcdumpReader.Read(new MemoryStream(bytes));
        }
        catch (InvalidDataException)
        {
            // The named way to refuse.
        }
    }

    private static byte[] Bytes(HeapGraph graph)
    {
        using var stream = new MemoryStream();
        HeapGraphFile.Write(graph, stream);
        return stream.ToArray();
    }

    private static void AssertEqual(HeapGraph expected, HeapGraph actual)
    {
        Assert.Equal(expected.Address, actual.Address);
        Assert.Equal(expected.ShallowBytes, actual.ShallowBytes);
        Assert.Equal(expected.EdgeStart, actual.EdgeStart);
        Assert.Equal(expected.EdgeTarget, actual.EdgeTarget);
        Assert.Equal(expected.Roots.OrderBy(root => root.Node).ThenBy(root => root.Kind), actual.Roots.OrderBy(root => root.Node).ThenBy(root => root.Kind));
        Assert.Equal(expected.PointerBytes, actual.PointerBytes);
    }
}

using System.Text.Json;
using FleetProf.Analysis.Allocations;
using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Profiles;
using FleetProf.Analysis.Tests.Heaps;

namespace FleetProf.Analysis.Tests.Profiles;

/// <summary>Files that grow with what was recorded.</summary>
public sealed class JsonPiecesTests
{
    private const int Many = 20_000;

    [Theory]
    [InlineData("speedscope")]
    [InlineData("flame")]
    [InlineData("top")]
    [InlineData("gcs")]
    [InlineData("alloc.types")]
    [InlineData("heap.types")]
    public void HandOn_OfALargeFile_PassesItOnLongBeforeItsEnd(string file)
    {
        using var stream = new PieceStream();

        Write(file, stream);

        Assert.True(stream.Length > 2 * JsonPieces.PieceBytes, $"{stream.Length} bytes are no large file.");
        Assert.InRange(stream.LargestWrite, 1, 2 * JsonPieces.PieceBytes);
        using var whole = JsonDocument.Parse(stream.ToArray());
        Assert.NotEqual(JsonValueKind.Null, whole.RootElement.ValueKind);
    }

    [Fact]
    public void HandOn_OfLittle_WaitsForMore()
    {
        using var stream = new PieceStream();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();

        json.HandOn();

        Assert.Equal(0, stream.Length);
    }

    private static void Write(string file, Stream output)
    {
        switch (file)
        {
            case "speedscope":
                SpeedscopeWriter.Write(LargeProfile(), "cpu", output);
                break;
            case "flame":
                FlameGraph.Of(LargeProfile(), 0).WriteJson(output, "samples", Many, 0);
                break;
            case "top":
                TopTable.Of(LargeProfile(), 0).WriteJson(output, "samples");
                break;
            case "gcs":
                GcTable.WriteJson([.. Enumerable.Range(0, 2_000).Select(Collection)], output);
                break;
            case "alloc.types":
                LargeTypes().WriteJson(output, TimeSpan.FromSeconds(1));
                break;
            default:
                var sketch = new HeapSketch();
                sketch.Add("Shop.Order", 24);
                HeapTypes.WriteJson(sketch.ToGraph(), [.. Enumerable.Range(0, Many).Select(i => new HeapTypeRow($"Shop.Order{i}", "Shop", 1, 24))], output);
                break;
        }
    }

    private static Profile LargeProfile()
    {
        var profile = new Profile(new Measure("samples", "count"));
        for (var i = 0; i < Many; i++)
        {
            profile.Add(profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame($"Shop.Orders.OrderService.Method{i}", "Shop"))), 0, 1);
        }

        profile.CountSamples(Many);
        return profile;
    }

    private static AllocationTypes LargeTypes()
    {
        var types = new AllocationTypes(AllocationSource.Sampled);
        for (var i = 0; i < Many; i++)
        {
            types.Add($"Shop.Order{i}", 1_000, 10);
        }

        return types;
    }

    private static GcTableRow Collection(int index) => new()
    {
        Index = index,
        PauseStartMs = index,
        Reason = "AllocSmall",
        Generation = 0,
        GenerationName = "0N",
        Type = "NonConcurrentGC",
        SuspendMs = 0.1,
        PauseMs = 2,
    };

    /// <summary>Remembers its largest write.</summary>
    private sealed class PieceStream : MemoryStream
    {
        public int LargestWrite { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            LargestWrite = Math.Max(LargestWrite, buffer.Length);
            base.Write(buffer);
        }
    }
}

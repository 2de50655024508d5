using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Allocations;

[Trait("Ring", "process")]
public sealed class AllocationProfileTests(PlantedRecordings recordings)
{
    [Fact]
    public void Alloc_OfPlantedBoxes_EstimatesTheirBytesAndCount()
    {
        var (_, output) = recordings.Analyze(recordings.Allocations, "alloc");

        var types = CpuProfileTests.Json(output, "alloc.types.json");
        var boxes = types.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("type").GetString() == "System.Int32");
        Assert.Equal("allocationSampled", types.GetProperty("source").GetString());
        Assert.False(types.GetProperty("isBiased").GetBoolean());

        // About 4,700 samples: one standard deviation is 1.5 %.
        Assert.InRange(boxes.GetProperty("bytes").GetDouble() / PlantedRecordings.Boxes / PlantedRecordings.BoxBytes, 0.92, 1.08);
        Assert.InRange(boxes.GetProperty("objects").GetDouble() / PlantedRecordings.Boxes, 0.92, 1.08);
        Assert.False(boxes.GetProperty("isLowConfidence").GetBoolean());
    }

    [Fact]
    public void Alloc_OfPlantedBoxes_SaysInWhichSlicesOfTheTimeTheyWereMade()
    {
        var (_, output) = recordings.Analyze(recordings.Allocations, "alloc");

        var flame = CpuProfileTests.Json(output, "alloc.flame.json");
        var bytes = flame.GetProperty("slices").GetProperty("self").EnumerateArray().Select(entry => entry.GetDouble()).ToList();
        // Each entry is rounded.
        Assert.Equal(flame.GetProperty("total").GetDouble(), bytes.Sum(), bytes.Count + 1.0);
    }

    [Fact]
    public void Alloc_OfPlantedBoxes_FindsTheBoxingSite()
    {
        var (_, output) = recordings.Analyze(recordings.Allocations, "alloc");

        var first = CpuProfileTests.Json(output, "alloc.top.json").GetProperty("rows")[0];
        Assert.Equal("Planted.Boxer.Box", first.GetProperty("name").GetString());
        Assert.Contains("Planted.Boxer.Box;System.Int32 ", File.ReadAllText(Path.Combine(output, "alloc.collapsed.txt")), StringComparison.Ordinal);
    }
}

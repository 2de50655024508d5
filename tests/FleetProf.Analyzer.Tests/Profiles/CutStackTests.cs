using System.Text.Json;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Profiles;

/// <summary>The runtime keeps 100 frames of a stack; what called them is missing in every figure.</summary>
[Trait("Ring", "process")]
public sealed class CutStackTests(PlantedRecordings recordings)
{
    private const string LostCallers = "[callers beyond 100 frames]";

    [Fact]
    public async Task Recording_OfARecursionDeeperThanStacks_WarnsForEachKindAndHangsCutStacksUnderOneFrame()
    {
        await using var planted = await PlantedProcess.StartAsync();
        var file = Path.Combine(recordings.Folder, "deep.nettrace");
        await Recorder.RecordAsync(planted.Id, Recorder.CpuAndAllocations, file, _ => planted.DoAsync("dive", 500));

        var (summary, output) = recordings.Analyze(file);

        var warnings = summary.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToList();
        Assert.Single(warnings, warning => IsOfCutStacks(warning, "CPU"));
        Assert.Single(warnings, warning => IsOfCutStacks(warning, "allocation"));
        AssertMostIsCut(output, "cpu");
        AssertMostIsCut(output, "alloc");

        // The views from the leaf on keep their sums and their owners.
        var byType = CpuProfileTests.Json(output, "alloc.bytype.flame.json");
        Assert.Equal(CpuProfileTests.Json(output, "alloc.flame.json").GetProperty("total").GetInt64(), byType.GetProperty("total").GetInt64());
        Assert.Equal(0, TotalAtTheRoot(byType));
        var hidden = CpuProfileTests.Json(output, "alloc.hidden.json").GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("userMethod").GetString());
        Assert.Contains("Planted.Boxer.Box", hidden);
    }

    private static bool IsOfCutStacks(string warning, string kind) =>
        warning.Contains($" {kind} samples (", StringComparison.Ordinal) && warning.EndsWith(" %) have stacks cut at 100 frames: totals of outer methods are too low", StringComparison.Ordinal);

    private static void AssertMostIsCut(string output, string kind)
    {
        var flame = CpuProfileTests.Json(output, $"{kind}.flame.json");
        Assert.True(TotalAtTheRoot(flame) > 0.5 * flame.GetProperty("total").GetInt64(), kind);
        var row = CpuProfileTests.Json(output, $"{kind}.top.json").GetProperty("rows").EnumerateArray().Single(method => method.GetProperty("name").GetString() == LostCallers);
        Assert.Equal(0, row.GetProperty("self").GetInt64());
    }

    // Of the frame that stands for lost callers, where nobody calls it.
    private static long TotalAtTheRoot(JsonElement flame)
    {
        var names = flame.GetProperty("names").EnumerateArray().Select(text => text.GetString()).ToList();
        var (name, level, totals) = (flame.GetProperty("name"), flame.GetProperty("level"), flame.GetProperty("totals"));
        return Enumerable.Range(0, level.GetArrayLength())
            .Where(node => level[node].GetInt32() == 1 && names[name[node].GetInt32()] == LostCallers)
            .Sum(node => totals[node].GetInt64());
    }
}

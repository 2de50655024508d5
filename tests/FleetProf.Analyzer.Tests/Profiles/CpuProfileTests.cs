using System.Text.Json;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Profiles;

[Trait("Ring", "process")]
public sealed class CpuProfileTests(PlantedRecordings recordings)
{
    [Fact]
    public void Trace_OfABurningMethod_HasItOnTop()
    {
        var (summary, output) = recordings.Analyze(recordings.Cpu, "trace");

        var top = Json(output, "cpu.top.json");
        var first = top.GetProperty("rows")[0];
        Assert.Equal("Planted.Burner.Spin", first.GetProperty("name").GetString());
        Assert.Equal("Planted", first.GetProperty("module").GetString());
        Assert.True(first.GetProperty("self").GetInt64() > 0.8 * summary.GetProperty("cpuSampleCount").GetInt64());
        Assert.Empty(summary.GetProperty("warnings").EnumerateArray());
        Assert.True(summary.GetProperty("isComplete").GetBoolean());
    }

    [Fact]
    public void Trace_OfABurningMethod_CountsAboutOneSamplePerMillisecond()
    {
        var (summary, _) = recordings.Analyze(recordings.Cpu, "trace");

        // The sampler is slowed down by a busy machine, where others have the processors by far, never sped up.
        var milliseconds = (PlantedRecordings.Burned + PlantedRecordings.Resumed).TotalMilliseconds;
        Assert.InRange(summary.GetProperty("cpuSampleCount").GetInt64(), milliseconds * 0.02, milliseconds * 1.2);
    }

    /// <summary>However slow the sampler was.</summary>
    [Fact]
    public void Trace_OfABurningMethod_ItsSamplesTimesTheirPeriodAreTheTimeItTook()
    {
        var (summary, _) = recordings.Analyze(recordings.Cpu, "trace");

        var milliseconds = (PlantedRecordings.Burned + PlantedRecordings.Resumed).TotalMilliseconds;
        var period = summary.GetProperty("cpuSamplePeriodMs").GetDouble();
        Assert.InRange(summary.GetProperty("cpuSampleCount").GetInt64() * period, milliseconds * 0.5, milliseconds * 1.5);
    }

    [Fact]
    public void Trace_WithItsRundown_CountsItApart()
    {
        var (summary, _) = recordings.Analyze(recordings.Cpu, "trace");
        var (bare, _) = recordings.Analyze(recordings.CpuWithoutRundown, "trace");

        // Each method that ever ran has an event of the rundown, each sample one of the recording.
        var (all, rundown) = (summary.GetProperty("eventCount").GetInt64(), summary.GetProperty("rundownEventCount").GetInt64());
        Assert.InRange(all - rundown, summary.GetProperty("cpuSampleCount").GetInt64() + summary.GetProperty("externalSampleCount").GetInt64(), all - 100);
        Assert.Equal(0, bare.GetProperty("rundownEventCount").GetInt64());
    }

    [Fact]
    public void Trace_OfSleepingThreads_KeepsThemOutOfCpuTime()
    {
        var (summary, output) = recordings.Analyze(recordings.Cpu, "trace");

        Assert.True(summary.GetProperty("externalSampleCount").GetInt64() > 0);
        Assert.Equal(summary.GetProperty("cpuSampleCount").GetInt64(), Json(output, "cpu.flame.json").GetProperty("total").GetInt64());
    }

    [Fact]
    public void Trace_OfAnAsyncMethod_NamesItAsItWasWritten()
    {
        var (_, output) = recordings.Analyze(recordings.Cpu, "trace");

        var names = Json(output, "cpu.flame.json").GetProperty("names").EnumerateArray().Select(name => name.GetString()!).ToList();
        Assert.Contains("Planted.Resumer.ResumeAsync.MoveNext", names);
        Assert.Contains("Planted.Resumer.ResumeAsync.lambda", names);
        Assert.DoesNotContain(names, name => name.Contains("dynamicClass", StringComparison.Ordinal) || name.Contains("class ", StringComparison.Ordinal));
    }

    [Fact]
    public void Flame_OfARecording_IsAPreOrderWhoseChildrenFitIntoTheirParents()
    {
        var (_, output) = recordings.Analyze(recordings.Cpu, "trace");

        var flame = Json(output, "cpu.flame.json");
        var level = Numbers(flame, "level");
        var totals = Numbers(flame, "totals");
        var self = Numbers(flame, "self");
        var names = flame.GetProperty("names").GetArrayLength();
        Assert.Equal(level.Count, totals.Count);
        Assert.All(Numbers(flame, "name"), name => Assert.InRange(name, 0, names - 1));
        for (var i = 0; i < level.Count; i++)
        {
            var children = Enumerable.Range(i + 1, level.Count - i - 1).TakeWhile(j => level[j] > level[i]).Where(j => level[j] == level[i] + 1);
            Assert.Equal(totals[i], self[i] + children.Sum(child => totals[child]));
        }
    }

    [Fact]
    public void Flame_OfARecording_SaysInWhichSlicesOfTheTimeItsSamplesCame()
    {
        var (summary, output) = recordings.Analyze(recordings.Cpu, "trace");

        var flame = Json(output, "cpu.flame.json");
        var slices = flame.GetProperty("slices");
        var came = Numbers(slices, "node").Zip(Numbers(slices, "slice"), Numbers(slices, "self")).ToList();
        var self = Numbers(flame, "self");
        Assert.Equal(summary.GetProperty("durationMs").GetDouble(), Numbers(slices, "ms").Sum(), 1.0);
        Assert.Equal(
            self.Select((samples, node) => ((long)node, samples)).Where(node => node.samples > 0),
            came.GroupBy(entry => entry.First).OrderBy(node => node.Key).Select(node => (node.Key, node.Sum(entry => entry.Third))));

        // First it burned, then it resumed.
        var isResumed = BelowNames(flame, "Resumer");
        var burning = Numbers(flame, "name").Select(name => flame.GetProperty("names")[(int)name].GetString() == "Planted.Burner.Spin").ToList();
        var spins = came.Where(entry => burning[(int)entry.First]).ToLookup(entry => isResumed[(int)entry.First], entry => entry.Second);
        Assert.True(spins[false].Max() <= spins[true].Min());
        Assert.InRange(spins[false].Distinct().Count(), 2, 31);
    }

    [Fact]
    public void Trace_WithoutRundown_KeepsItsSamplesAndSaysThatNamesAreMissing()
    {
        var (summary, output) = recordings.Analyze(recordings.CpuWithoutRundown, "trace");

        Assert.True(summary.GetProperty("cpuSampleCount").GetInt64() > 0);
        Assert.Equal(["[unresolved]"], Json(output, "cpu.top.json").GetProperty("rows").EnumerateArray().Take(1).Select(row => row.GetProperty("name").GetString()));
        Assert.NotEmpty(summary.GetProperty("warnings").EnumerateArray());
    }

    internal static JsonElement Json(string folder, string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file))).RootElement;

    // Of each node, whether it or a caller has such a name.
    private static List<bool> BelowNames(JsonElement flame, string part)
    {
        var level = Numbers(flame, "level");
        var below = new List<bool>();
        var open = new List<bool>();
        foreach (var (node, name) in Numbers(flame, "name").Index())
        {
            open.RemoveRange((int)level[node], open.Count - (int)level[node]);
            below.Add((open.Count > 0 && open[^1]) || flame.GetProperty("names")[(int)name].GetString()!.Contains(part, StringComparison.Ordinal));
            open.Add(below[^1]);
        }

        return below;
    }

    private static List<long> Numbers(JsonElement flame, string name) => [.. flame.GetProperty(name).EnumerateArray().Select(value => value.GetInt64())];
}

using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Recordings;
using Microsoft.Diagnostics.Tracing;

namespace FleetProf.Analyzer.Tests.GcPauses;

[Trait("Ring", "process")]
public sealed class GcTableTests(PlantedRecordings recordings)
{
    [Fact]
    public void Gc_OfInducedCollections_ListsEachOfThem()
    {
        var (summary, output) = recordings.Analyze(recordings.GarbageCollections, "gc");

        var induced = CpuProfileTests.Json(output, "gcs.json").EnumerateArray().Where(row => row.GetProperty("Trigger Reason").GetString() == "Induced").ToList();
        Assert.Equal(PlantedRecordings.Collections, induced.Count);
        Assert.All(induced, row => Assert.Equal("2NI", row.GetProperty("Gen").GetString()));
        Assert.All(induced, row => Assert.True(row.GetProperty("After MB").GetDouble() > 0));
        Assert.All(induced, row => Assert.Contains(row.GetProperty("Cause").GetString(), (string[])["Induced", "SlowSuspension"]));
        Assert.All(induced, row => Assert.NotEmpty(row.GetProperty("Evidence").GetString()!));
        Assert.All(induced, row => Assert.InRange(row.GetProperty("Mark MSec").GetDouble(), 0.001, row.GetProperty("Pause MSec").GetDouble()));
        Assert.True(summary.GetProperty("gcCount").GetInt32() >= PlantedRecordings.Collections);
    }

    [Fact]
    public void Gc_Pauses_EqualThoseOfTheRawSuspensionEvents()
    {
        var (_, output) = recordings.Analyze(recordings.GarbageCollections, "gc");

        var pauses = CpuProfileTests.Json(output, "gcs.json").EnumerateArray().Select(row => row.GetProperty("Pause MSec").GetDouble()).ToList();
        var raw = RawPauses(recordings.GarbageCollections);
        Assert.Equal(raw.Count, pauses.Count);
        Assert.All(raw.Zip(pauses), pair => Assert.Equal(pair.First, pair.Second, tolerance: 0.002));
    }

    [Fact]
    public void Gc_Csv_HasPerfViewsColumns()
    {
        var (_, output) = recordings.Analyze(recordings.GarbageCollections, "gc");

        var header = File.ReadLines(Path.Combine(output, "gcs.csv")).First().Split(',');
        string[] expected =
        [
            "GC Index", "Pause Start", "Trigger Reason", "Gen", "Suspend Msec", "Pause MSec", "% Pause Time", "% GC", "Gen0 Alloc MB", "Gen0 Alloc Rate MB/sec",
            "Peak MB", "After MB", "Ratio Peak/After", "Promoted MB", "Gen0 MB", "Gen0 Survival Rate %", "Gen0 Frag %",
        ];
        Assert.Equal(expected, header.Take(expected.Length));
    }

    // From SuspendEEStart to RestartEEStop, for suspensions that are for a GC.
    private static List<double> RawPauses(string path)
    {
        var pauses = new List<double>();
        using var source = new EventPipeEventSource(path);
        var began = double.NaN;
        source.Clr.GCSuspendEEStart += data => began = (int)data.Reason is 1 or 6 ? data.TimeStampRelativeMSec : double.NaN;
        source.Clr.GCRestartEEStop += data =>
        {
            if (!double.IsNaN(began))
            {
                pauses.Add(data.TimeStampRelativeMSec - began);
                began = double.NaN;
            }
        };
        source.Process();
        return pauses;
    }
}

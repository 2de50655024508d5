using System.Buffers.Binary;
using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Recordings;
using FleetProf.TestKit.GcPauses;
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

    /// <summary>For want of threads it is done in the stop in which it was announced, and has ended before the threads run again. TraceEvent knows its suspension only.</summary>
    [Fact]
    public void Gc_AnnouncedAsBackgroundDoneAsBlocking_HasItsWholePause()
    {
        var start = new byte[26];
        BinaryPrimitives.WriteInt32LittleEndian(start, 1); // number
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(4), 2); // generation
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(12), 1); // background
        var file = Path.Combine(recordings.Folder, "done-as-blocking.nettrace");
        File.WriteAllBytes(file, new WrittenGcs(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), 0)
            .Event(9, 5_000_000, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Event(8, 6_000_000, []).Event(1, 7_000_000, start).Event(2, 27_000_000, start[..10])
            .Event(4, 27_000_000, new byte[110]).Event(7, 28_000_000, []).Event(3, 30_000_000, []).ToArray());

        var (summary, output) = recordings.Analyze(file, "gc");

        var row = Assert.Single(CpuProfileTests.Json(output, "gcs.json").EnumerateArray());
        Assert.Equal((25.0, 1.0), (row.GetProperty("Pause MSec").GetDouble(), row.GetProperty("Suspend Msec").GetDouble()));
        Assert.Equal("2N NonConcurrentGC", $"{row.GetProperty("Gen")} {row.GetProperty("Type")}");
        Assert.Equal((25.0, 25.0), (summary.GetProperty("gcPauseTotalMs").GetDouble(), summary.GetProperty("gcPauseMaxMs").GetDouble()));
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

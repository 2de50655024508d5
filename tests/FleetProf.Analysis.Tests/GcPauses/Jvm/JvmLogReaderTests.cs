using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using FleetProf.Analysis.GcPauses.Jvm;

namespace FleetProf.Analysis.Tests.GcPauses.Jvm;

public sealed class JvmLogReaderTests
{
    public static TheoryData<string> Collectors => ["g1", "parallel", "zgc", "shenandoah"];

    [Theory]
    [MemberData(nameof(Collectors))]
    public void Read_RecordedLog_HasEveryPauseAsWritten(string collector)
    {
        var log = JvmLog.Of(collector);

        var (reader, gcs) = JvmLog.Read(log);

        var pauses = gcs.SelectMany(gc => gc.Pauses.Select(pause => (gc.Number, pause.PauseMs))).Order();
        Assert.Equal(Oracle(log).Order(), pauses);
        Assert.Equal((0L, 1, true), (reader.DamagedLines, reader.Runs, reader.HasTimes));
        Assert.StartsWith("17.0.", reader.Version, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-29T10:00:00.000000000Z stdout F ")]
    [InlineData("2026-11-29T11:00:00.123456+01:00 stderr P ")]
    [InlineData("2026-11-29T10:00:00.000000000Z ")]
    public void Read_LinesBehindAContainersTimeStamp_GivesWhatTheLogGives(string prefix)
    {
        var log = Encoding.UTF8.GetString(JvmLog.Of("g1"));
        var (reader, gcs) = JvmLog.Read(log);

        var (behind, prefixed) = JvmLog.Read(string.Concat(log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{prefix}{line}\n")));

        Assert.NotEmpty(gcs);
        Assert.Equal(gcs.Select(Text), prefixed.Select(Text));
        Assert.Equal((reader.StartedAt, reader.DurationSeconds, reader.Version, reader.ForeignLines), (behind.StartedAt, behind.DurationSeconds, behind.Version, behind.ForeignLines));
    }

    [Fact]
    public void Read_UndecoratedLineBehindATimeStamp_IsUnderstood()
    {
        var gc = Assert.Single(JvmLog.Read("2026-11-29T10:00:00.000000000Z stdout F GC(3) Pause Young (Allocation Failure) 24M->9M(92M) 4.715ms").Gcs);

        Assert.Equal((3, 4.715), (gc.Number, gc.PauseMs));
    }

    [Fact]
    public void Read_G1_TellsCauseKindHeapAndTime()
    {
        var (reader, gcs) = JvmLog.Read(JvmLog.Of("g1"));

        var first = gcs[0];
        Assert.Equal((0, "G1", "Young", "G1 Evacuation Pause"), (first.Number, first.Collector, first.Name, first.Cause));
        Assert.Equal((150L << 20, 41L << 20, 380L << 20), (first.HeapBeforeBytes, first.HeapAfterBytes, first.CapacityBytes));
        Assert.Equal(0.446 - 0.004479, first.Pauses[0].StartSeconds!.Value, 9);
        Assert.Equal("G1 Humongous Allocation", gcs[1].Cause);
        Assert.Equal((33, "Full", "System.gc()", 7.851), (gcs[^1].Number, gcs[^1].Name, gcs[^1].Cause, gcs[^1].PauseMs));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 2, 17, 24, TimeSpan.Zero).AddMilliseconds(331 - 13), reader.StartedAt);
        // Every second number is a cycle that G1 gave up; it stops nothing.
        Assert.DoesNotContain(gcs, gc => gc.Number is 2 or 4);
    }

    [Fact]
    public void Read_Zgc_GathersThreeStopsAndTheSummary()
    {
        var gc = JvmLog.Read(JvmLog.Of("zgc")).Gcs[0];

        Assert.Equal(["Mark Start", "Mark End", "Relocate Start"], gc.Pauses.Select(pause => pause.Name));
        Assert.Equal([0.006, 0.012, 0.011], gc.Pauses.Select(pause => pause.PauseMs));
        Assert.Equal(("Concurrent", "Warmup", 36L << 20, 36L << 20), (gc.Name, gc.Cause, gc.HeapBeforeBytes, gc.HeapAfterBytes));
        Assert.Equal(4.6 + 0.275 + 8.37 + 2.782, gc.ConcurrentMs, 6);
    }

    [Fact]
    public void Read_Shenandoah_GathersFourStopsAndTheHeap()
    {
        var gc = Assert.Single(JvmLog.Read(JvmLog.Of("shenandoah")).Gcs);

        Assert.Equal(["Init Mark", "Final Mark", "Init Update Refs", "Final Update Refs"], gc.Pauses.Select(pause => pause.Name));
        Assert.Equal((22L << 20, 22L << 20, 96L << 20), (gc.HeapBeforeBytes, gc.HeapAfterBytes, gc.CapacityBytes));
    }

    [Theory]
    [InlineData("GC(3) Pause Young (Allocation Failure) 24M->9M(92M) 4.715ms", "Young", "Allocation Failure", null)]
    [InlineData("[2.5s][info][gc] GC(3) Pause Young (Mixed) (G1 Evacuation Pause) (Evacuation Failure) 1G->900M(2G) 40.0ms", "Mixed", "G1 Evacuation Pause; Evacuation Failure", 2.46)]
    [InlineData("[2500ms][gc] GC(3) Pause Full (System.gc()) 24M->9M(92M) 500ms", "Full", "System.gc()", 2.0)]
    [InlineData("[2500000000ns][host-1][4711][info ][gc       ] GC(3) Pause Full (Metadata GC Threshold) 24M->9M(92M) 500ms", "Full", "Metadata GC Threshold", 2.0)]
    [InlineData("[1.5s][info][gc,phases] GC(3) y: Pause Mark Start 0.5ms\n[1.6s][info][gc] GC(3) Minor Collection (Allocation Rate) 414M(40%)->66M(6%) 0.006s", "Young", "Allocation Rate", 1.4995)]
    public void Read_OtherDecorationsAndCollectors_AreUnderstood(string log, string name, string cause, double? start)
    {
        var gc = Assert.Single(JvmLog.Read(log).Gcs);

        Assert.Equal((3, name, cause), (gc.Number, gc.Name, gc.Cause));
        Assert.Equal(start ?? -1, gc.Pauses[0].StartSeconds ?? -1, 6);
        Assert.True(gc.HeapBeforeBytes > gc.HeapAfterBytes);
    }

    [Fact]
    public void Read_ConcurrentCycleBesideYoungOnes_KeepsItsPausesTogether()
    {
        var gcs = JvmLog.Read("""
            [1.0s][info][gc] GC(5) Pause Young (Concurrent Start) (G1 Humongous Allocation) 50M->40M(96M) 2.0ms
            [1.0s][info][gc] GC(6) Concurrent Mark Cycle
            [1.2s][info][gc] GC(7) Pause Young (Normal) (G1 Evacuation Pause) 60M->45M(96M) 3.0ms
            [1.3s][info][gc] GC(6) Pause Remark 50M->48M(96M) 1.5ms
            [1.4s][info][gc] GC(6) Pause Cleanup 52M->30M(96M) 0.25ms
            [1.4s][info][gc] GC(6) Concurrent Mark Cycle 400.5ms
            """).Gcs;

        var cycle = gcs.Single(gc => gc.Number == 6);
        Assert.Equal(("Concurrent", 1.75, 400.5, 50L << 20, 30L << 20), (cycle.Name, cycle.PauseMs, cycle.ConcurrentMs, cycle.HeapBeforeBytes, cycle.HeapAfterBytes));
        Assert.Equal([5, 6, 7], gcs.Select(gc => gc.Number).Order());
    }

    [Fact]
    public void Read_MachineStartedAgain_BeginsANewRun()
    {
        var log = Encoding.UTF8.GetString(JvmLog.Of("parallel"));
        var once = JvmLog.Read(log);

        var (reader, gcs) = JvmLog.Read(log + log);

        Assert.Equal((2, 2 * once.Gcs.Count), (reader.Runs, gcs.Count));
        Assert.Equal(once.Gcs.Select(gc => gc.Number), gcs.Where(gc => gc.Run == 2).Select(gc => gc.Number));
        Assert.Equal(2 * once.Reader.DurationSeconds, reader.DurationSeconds, 9);
    }

    [Theory]
    [InlineData("[86400.002s]", "[86410.0s]", 512, true, 10.0)]
    [InlineData("[1.002s]", "[11.0s]", 0, false, 11.0)]
    [InlineData("[2026-05-04T12:00:00.000+0000]", "[2026-05-04T12:00:10.000+0000]", 512, true, 10.0)]
    public void Read_LogOfTwoCollections_LastsFromTheStartOnlyWithTheFirstOne(string first, string second, int number, bool beginsLater, double seconds)
    {
        var (reader, _) = JvmLog.Read($"""
            {first}[info][gc] GC({number}) Pause Young (Normal) (G1 Evacuation Pause) 50M->40M(96M) 2.0ms
            {second}[info][gc] GC({number + 1}) Pause Young (Normal) (G1 Evacuation Pause) 50M->40M(96M) 2.0ms
            """);

        Assert.Equal(seconds, reader.DurationSeconds, 6);
        Assert.Equal(beginsLater, reader.BeginsLater);
    }

    /// <summary>Wall times go on, and no run is to have the time of another once more.</summary>
    [Fact]
    public void Read_MachineStartedAgainInALogWithWallTimes_LastsAsLongAsTheLog()
    {
        var (reader, _) = JvmLog.Read("""
            [2026-05-04T12:00:00.000+0000][info][gc] Using G1
            [2026-05-04T12:00:10.000+0000][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 50M->40M(96M) 2.0ms
            [2026-05-04T12:01:00.000+0000][info][gc] Using G1
            [2026-05-04T12:01:10.000+0000][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 50M->40M(96M) 2.0ms
            """);

        Assert.Equal((2, false), (reader.Runs, reader.BeginsLater));
        Assert.Equal(70, reader.DurationSeconds, 6);
    }

    [Theory]
    [InlineData("[1.0s][info][gc] GC(5) Pause Young (Normal) (G1 Evacuation Pause) 50M->40M(96M) 2.")]
    [InlineData("[1.0s][info][gc] GC(5) Pause Young (Normal)")]
    [InlineData("[1.0s][info][gc] GC(5) Pause Young (Normal) (G1 Evacuation Pause) 50M->40M(96M) 99999999999999ms")]
    public void Read_CutPause_IsCountedAsDamaged(string line)
    {
        var (reader, gcs) = JvmLog.Read(line);

        Assert.Equal((0, 1L), (gcs.Count, reader.DamagedLines));
    }

    [Fact]
    public void Read_AnyPieces_GiveWhatTheWholeGives()
    {
        var log = JvmLog.Of("g1");
        var whole = JvmLog.Read(log).Gcs.Select(Text).ToList();
        Gen.Int[0, int.MaxValue].Array[0, 40].Sample(cuts => Assert.Equal(whole, JvmLog.Read(log, cuts).Gcs.Select(Text)));
    }

    [Fact]
    public void Read_HostileBytes_NeverThrows()
    {
        byte[][] logs = [JvmLog.Of("g1"), JvmLog.Of("zgc"), JvmLog.Of("shenandoah")];
        Gen.Select(Gen.Int, Gen.Int[1, 400], Gen.Int[0, 2]).Sample((seed, changes, which) =>
        {
            var random = new Random(seed);
            var bytes = logs[which].ToArray();
            for (var i = 0; i < changes; i++)
            {
                bytes[random.Next(bytes.Length)] = "0123456789[]()->MGs.:\n P\0\xFF"u8[random.Next(25)];
            }

            var rows = new JvmGcRows();
            var gcs = JvmLog.Read(bytes).Gcs;
            Assert.All(gcs, gc => Assert.True(gc.Pauses.Count > 0 && gc.PauseMs >= 0 && double.IsFinite(rows.Next(gc).PauseMs)));
        }, iter: 1000);
    }

    private static string Text(JvmGc gc) => string.Create(CultureInfo.InvariantCulture, $"{gc with { Pauses = [] }} {string.Join(',', gc.Pauses)}");

    // Whatever is called a pause, has a length, and stands behind one space.
    private static IEnumerable<(int Number, double PauseMs)> Oracle(byte[] log) =>
        Regex.Matches(Encoding.UTF8.GetString(log), @"\] GC\((\d+)\) Pause .* ?(?<= )([\d.]+)ms$", RegexOptions.Multiline)
            .Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
}

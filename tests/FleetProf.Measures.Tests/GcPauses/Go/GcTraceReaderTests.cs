using System.Text;
using CsCheck;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Measures.Tests.GcPauses.Go;

public sealed class GcTraceReaderTests
{
    private const string Old = "gc 7 @1.250s 3%: 0.021+1.5+0.33 ms clock, 0.042+0.7/1.1/2+0.66 ms cpu, 4->5->2 MB, 5 MB goal, 2 P";
    private const string New = "gc 8 @1.500s 3%: 0.006+2.0+0.055 ms clock, 0.013+0.084/0.43/1.2+0.11 ms cpu, 3->4->3 MB, 4 MB goal, 1 MB stacks, 2 MB globals, 2 P (forced)";
    private const string Go15 = "gc 1 @0.031s 1%: 0.32+0.85+0.55+1.5+0.5 ms clock, 0.32+0.85+0.55+0.1/0.2/0.3+0.5 ms cpu, 4->4->1 MB, 4 MB goal, 8 P";

    private static readonly string[] Alike = ["scav 1 KiB work, 2 KiB total, 3% util", "pacer: assist ratio=+0.3 (scan 0 MB in 4->5 MB)", "GC forced", "gc", "gc ", "gc x @1s", "0.33 ms clock, 2 P"];

    // Lines that are none of ours: messages, other traces of the runtime, cut beginnings, and what only looks alike.
    private static readonly Gen<string> Foreign = Gen.Frequency(
        (4, Gen.String[Gen.Char[' ', '~'], 0, 60]),
        (1, Gen.Int[0, 6].Select(i => Alike[i])),
        (1, Gen.String[0, 20].Select(text => text.Replace('\n', ' '))));

    [Fact]
    public void Read_RecordedLogs_EqualTheDescribedGrammarOnEveryLine() => Assert.All([GcTraceLog.Recorded, GcTraceLog.MemoryLimit], log =>
    {
        var expected = GcTraceLog.Lines(log).Select(GcTraceLog.Oracle).ToList();
        var (reader, gcs) = GcTraceLog.Read(log);

        Assert.DoesNotContain(null, expected);
        Assert.Equal(expected, gcs.Select(GcTraceLog.Text));
        Assert.Equal((0L, 0L, 0L, 1), (reader.ForeignLines, reader.DamagedLines, reader.MissedGcs, reader.Runs));
    });

    [Fact]
    public void Read_AnyPieces_GiveWhatTheWholeGives() => Gen.Int[0, int.MaxValue].Array[0, 40].Sample(cuts =>
    {
        var (reader, gcs) = GcTraceLog.Read(GcTraceLog.MemoryLimit, cuts);
        Assert.Equal(GcTraceLog.Read(GcTraceLog.MemoryLimit).Gcs, gcs);
        Assert.Equal(0, reader.DamagedLines);
    });

    [Fact]
    public void Read_LinesBetweenOthers_FindsAllAndCountsTheOthers() => Gen.Select(Foreign.Array[0, 200], Gen.Int).Sample((foreign, seed) =>
    {
        var lines = GcTraceLog.Lines(GcTraceLog.MemoryLimit).Select(line => (Line: line, IsOurs: true)).ToList();
        var random = new Random(seed);
        foreach (var line in foreign) lines.Insert(random.Next(lines.Count + 1), (line, false));
        var log = string.Concat(lines.Select(line => line.Line + (random.Next(2) == 0 ? "\n" : "\r\n")));

        var (reader, gcs) = GcTraceLog.Read(log);

        Assert.Equal(GcTraceLog.Read(GcTraceLog.MemoryLimit).Gcs, gcs);
        Assert.Equal(foreign.Length, reader.ForeignLines + reader.DamagedLines + reader.OverlongLines);
    });

    [Fact]
    public void Read_CutAnywhere_GivesTheWholeLinesBeforeTheCut() => Gen.Int[0, GcTraceLog.MemoryLimit.Length].Sample(length =>
    {
        var whole = GcTraceLog.MemoryLimit[..length];
        var lines = Encoding.ASCII.GetString(whole).Split('\n');
        var (reader, gcs) = GcTraceLog.Read(whole);
        Assert.Equal(lines.Select(GcTraceLog.Oracle).OfType<string>(), gcs.Select(GcTraceLog.Text));
        Assert.Equal(lines.Count(line => line.Length > 0), gcs.Count + reader.DamagedLines + reader.ForeignLines);
    });

    [Fact]
    public void Read_LinesDroppedOrMangled_NeverInventsAGcAndCountsTheMissing() => Gen.Select(Gen.Int, Gen.Double[0, 0.6]).Sample((seed, share) =>
    {
        var random = new Random(seed);
        var lines = GcTraceLog.Lines(GcTraceLog.Recorded);
        var truth = lines.Select(line => GcTraceLog.Oracle(line)!).ToHashSet(StringComparer.Ordinal);
        var kept = new List<int>();
        var log = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (random.NextDouble() >= share) kept.Add(i);
            // An interleaved write tears the line in two.
            else if (random.Next(2) == 0) log.Append(lines[i].Insert(random.Next(1, lines[i].Length), "\nrequest done in 3 ms\n")).Append('\n');
            if (kept.Count > 0 && kept[^1] == i) log.Append(lines[i]).Append('\n');
        }

        var (reader, gcs) = GcTraceLog.Read(log.ToString());

        Assert.All(gcs, gc => Assert.Contains(GcTraceLog.Text(gc), truth));
        Assert.Equal(kept.Count, gcs.Count);
        Assert.Equal(kept.Count == 0 ? 0 : kept[^1] - kept[0] + 1 - kept.Count, reader.MissedGcs);
        Assert.True(reader.Runs <= 1);
    });

    [Fact]
    public void Read_HostileBytes_NeverThrows() => Gen.Select(Gen.Int, Gen.Int[1, 400]).Sample((seed, changes) =>
    {
        var random = new Random(seed);
        var bytes = GcTraceLog.Recorded[..8000];
        ReadOnlySpan<byte> favourites = "0123456789+->/.\n @%PgcMB\0\xFF"u8;
        for (var i = 0; i < changes; i++) bytes[random.Next(bytes.Length)] = favourites[random.Next(favourites.Length)];

        var (reader, gcs) = GcTraceLog.Read(bytes);

        Assert.Equal(gcs.Count, reader.Collections);
        Assert.All(gcs, gc => Assert.True(gc is { Number: > 0, PauseMs: >= 0 and <= 2e9, ConcurrentMs: >= 0, LiveMiB: >= 0, Processors: > 0 } && double.IsFinite(gc.EndSeconds)));
        Assert.True(reader.MissedGcs >= 0);
    }, iter: 2000);

    [Fact]
    public void Read_OldAndNewGrammar_GivesTheSameFields()
    {
        var (_, gcs) = GcTraceLog.Read($"{Old}\n{New}\n");

        Assert.Equal((7, 1.25, 3, 0.021, 1.5, 0.33), (gcs[0].Number, gcs[0].AtSeconds, gcs[0].CpuPercentSinceStart, gcs[0].SweepTerminationMs, gcs[0].ConcurrentMs, gcs[0].MarkTerminationMs));
        Assert.Equal((0.7, 1.1, 2.0, 4L, 5L, 2L, 5L, 2), (gcs[0].AssistCpuMs, gcs[0].BackgroundCpuMs, gcs[0].IdleCpuMs, gcs[0].HeapBeforeMiB, gcs[0].HeapAfterMiB, gcs[0].LiveMiB, gcs[0].GoalMiB, gcs[0].Processors));
        Assert.Equal((null, null, false), (gcs[0].StacksMiB, gcs[0].GlobalsMiB, gcs[0].IsForced));
        Assert.Equal((1L, 2L, true), (gcs[1].StacksMiB, gcs[1].GlobalsMiB, gcs[1].IsForced));
    }

    /// <summary>GOGC=off: the runtime prints the largest number of bytes as the goal, or since Go 1.19 about the largest limit of memory.</summary>
    [Theory]
    [InlineData("0->0->0 MB, 17592186044415 MB goal, 4 P (forced)", null)]
    [InlineData("3->3->2 MB, 8796093022195 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)", null)]
    [InlineData("3->3->2 MB, 4294967297 MB goal, 4 P", null)]
    [InlineData("3->3->2 MB, 4294967296 MB goal, 4 P", 4294967296)]
    public void Read_LineWithoutAGoal_IsACollection(string sizes, long? goal)
    {
        var (reader, gcs) = GcTraceLog.Read($"gc 1 @0.000s 12%: 0.042+0.042+0.008 ms clock, 0.17+0/0.034/0.072+0.034 ms cpu, {sizes}");

        Assert.Equal((1, goal, 0L), (Assert.Single(gcs).Number, gcs[0].GoalMiB, reader.DamagedLines));
    }

    [Fact]
    public void Read_FivePartGrammarOfGo15_AddsUpTheConcurrentParts()
    {
        var gc = Assert.Single(GcTraceLog.Read(Go15).Gcs);

        Assert.Equal((0.32, 0.5, 0.1, 0.2, 0.3), (gc.SweepTerminationMs, gc.MarkTerminationMs, gc.AssistCpuMs, gc.BackgroundCpuMs, gc.IdleCpuMs));
        Assert.Equal(0.85 + 0.55 + 1.5, gc.ConcurrentMs, 9);
    }

    [Theory]
    [InlineData("2026-11-24T02:17:24Z stderr F " + Old, 1, 0)]
    [InlineData("{\"log\":\"" + New + "\\n\",\"stream\":\"stderr\"}", 1, 0)]
    [InlineData("no line end before it: " + Old + " and some text behind", 1, 0)]
    [InlineData("gc 6 @1.2" + Old, 1, 1)]
    [InlineData(Old + New, 1, 1)]
    [InlineData(Old + " (forc", 0, 1)]
    [InlineData("gc 0 @1.250s 3%: 1+1+1 ms clock, 1+1/1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 2 P", 0, 1)]
    [InlineData("gc 7 @1.250s 3%: 1+1+1 ms clock, 1+1/1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 0 P", 0, 1)]
    [InlineData("gc 7 @1.250s 3%: 1+1+1 ms clock, 1+1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 2 P", 0, 1)]
    [InlineData("gc 7 @1.250s 3%: 1+1+1+1 ms clock, 1+1+1/1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 2 P", 0, 1)]
    [InlineData("gc 7 @1.250s 3%: 1+-1+1 ms clock, 1+1/1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 2 P", 0, 1)]
    [InlineData("gc 7 @1.250s 3%: 1+1e9+1 ms clock, 1+1/1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 2 P", 0, 1)]
    [InlineData("gc 7 @1.250s 3%: 1+99999999999+1 ms clock, 1+1/1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 2 P", 0, 1)]
    [InlineData("gc 7 @1.250s 3%: 1+1+1 ms clock, 1+1/1/1+1 ms cpu, 4->99999999999999999999->2 MB, 5 MB goal, 2 P", 0, 1)]
    [InlineData("gc 99999999999 @1.250s 3%: 1+1+1 ms clock, 1+1/1/1+1 ms cpu, 4->5->2 MB, 5 MB goal, 2 P", 0, 1)]
    public void Read_OneLine_FindsOrCounts(string line, int found, int damaged)
    {
        var (reader, gcs) = GcTraceLog.Read(line);

        Assert.Equal((found, (long)damaged), (gcs.Count, reader.DamagedLines));
    }

    [Fact]
    public void Read_ProgramStartedAgain_BeginsANewRunWithoutMissing()
    {
        var log = Encoding.ASCII.GetString(GcTraceLog.MemoryLimit);
        var lines = GcTraceLog.Lines(GcTraceLog.MemoryLimit);
        // The third run's first lines are lost: its number is higher than the last one's, its time is not.
        var third = Old.Replace("gc 7 @1.250s", "gc 6 @0.500s", StringComparison.Ordinal);
        var (reader, gcs) = GcTraceLog.Read($"{log}{string.Join('\n', lines.Take(3))}\n{third}\n");

        Assert.Equal([1, 2, 3], gcs.Select(gc => gc.Run).Distinct());
        Assert.Equal((3, 0L), (reader.Runs, reader.MissedGcs));
        Assert.Equal([1, 2, 3], gcs.Where(gc => gc.Run == 2).Select(gc => gc.Number));
    }

    [Fact]
    public void Read_LineForwardedTwice_CountsItOnce()
    {
        var (reader, gcs) = GcTraceLog.Read($"{Old}\n{Old}\n{New}\n");

        Assert.Equal((2, 1L, 1), (gcs.Count, reader.RepeatedLines, reader.Runs));
    }

    [Fact]
    public void Read_EndlessLine_IsLeftOutWithoutKeepingIt()
    {
        var reader = new GcTraceReader(_ => Assert.Fail("There is no collection."));
        var piece = new byte[1 << 20];
        Array.Fill(piece, (byte)'x');
        reader.Append(piece);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 64; i++) reader.Append(piece);
        var kept = GC.GetAllocatedBytesForCurrentThread() - before;
        reader.Append("\n"u8);

        Assert.Equal(1, reader.OverlongLines);
        Assert.InRange(kept, 0, 1 << 17);
    }

    [Fact]
    public void Drop_AfterHalfALine_ForgetsIt()
    {
        var gcs = new List<GoGc>();
        var reader = new GcTraceReader(gcs.Add);
        reader.Append(Encoding.ASCII.GetBytes(Old[..40]));
        reader.Drop();
        reader.Append(Encoding.ASCII.GetBytes(Old + "\n"));

        Assert.Single(gcs);
        Assert.Equal(0, reader.DamagedLines);
    }
}

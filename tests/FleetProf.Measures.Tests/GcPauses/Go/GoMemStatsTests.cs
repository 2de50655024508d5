using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Measures.Tests.GcPauses.Go;

public sealed class GoMemStatsTests
{
    private static readonly byte[] Recorded = File.ReadAllBytes(GcTraceLog.PathOf("heap-debug1.txt"));

    [Fact]
    public void Read_RecordedText_EqualsItsFigures()
    {
        var stats = Read(Recorded)!;

        Assert.Equal((27475728L, 9518829184L, 57259272L, 45776896L, 28270592L, 36242200L), (stats.HeapAllocBytes, stats.TotalAllocBytes, stats.SysBytes, stats.HeapSysBytes, stats.HeapInUseBytes, stats.NextGcBytes));
        Assert.Equal((1429L, 1L, 6269L, 360448L), (stats.NumGc, stats.NumForcedGc, stats.HeapObjects, stats.StackInUseBytes));
        Assert.Equal(0.08005095763810012, stats.GcCpuFraction);
        var rings = Regex.Matches(Encoding.ASCII.GetString(Recorded), @"# Pause(?:Ns|End) = \[([\d ]+)\]").Select(match => match.Groups[1].Value.Split(' ').Select(long.Parse));
        Assert.Equal(rings, [stats.PauseNs, stats.PauseEndNs]);
        // The newest collection of the ring is the last one the program tells of.
        Assert.Equal(1795485373228436741, stats.PauseEndNs[(1429 + 255) % 256]);
    }

    [Fact]
    public void Read_AnyCut_GivesAllOrNothing()
    {
        var whole = Read(Recorded)!;
        var text = Encoding.ASCII.GetString(Recorded);
        var enough = text.IndexOf("# NumForcedGC = 1", StringComparison.Ordinal) + "# NumForcedGC = 1".Length;
        Gen.Select(Gen.Int[0, Recorded.Length], Gen.Int[1, 5000]).Sample((length, piece) =>
        {
            var reader = new GoMemStatsReader();
            for (var at = 0; at < length; at += piece) reader.Append(Recorded.AsSpan(at, Math.Min(piece, length - at)));
            var stats = reader.Finish();
            Assert.Equal(length >= enough, stats is not null);
            Assert.Equal(stats is null ? null : whole.PauseNs, stats?.PauseNs);
        }, iter: 500);
    }

    [Fact]
    public void Read_HostileBytes_NeverThrows() => Gen.Select(Gen.Int, Gen.Int[1, 200]).Sample((seed, changes) =>
    {
        var random = new Random(seed);
        var bytes = Recorded.ToArray();
        var tail = Encoding.ASCII.GetString(bytes).IndexOf("# runtime.MemStats", StringComparison.Ordinal);
        for (var i = 0; i < changes; i++) bytes[random.Next(tail, bytes.Length)] = "0123456789 []#=-.\n"u8[random.Next(18)];
        if (Read(bytes) is not { } stats) return;
        Assert.Equal((256, 256), (stats.PauseNs.Count, stats.PauseEndNs.Count));
        var ring = new GoPauseRing();
        ring.Advance(Read(Recorded)!);
        ring.Advance(stats);
    }, iter: 2000);

    [Theory]
    [InlineData("")]
    [InlineData("<html>not found</html>")]
    [InlineData("# runtime.MemStats\n# NumGC = 3\n# NumForcedGC = 0\n# HeapAlloc = 5\n")]
    public void Read_OtherText_IsNull(string text) => Assert.Null(Read(Encoding.UTF8.GetBytes(text)));

    /// <summary>As much as the agent takes of an answer.</summary>
    [Fact]
    public void Read_MegabytesOfDistinctNames_KeepsNone()
    {
        var text = new StringBuilder("# runtime.MemStats\n");
        for (var i = 0; text.Length < 16 << 20; i++) text.Append("# N").Append(i).Append(" = ").Append(i).Append('\n');
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        var reader = new GoMemStatsReader();
        reader.Append(Recorded);
        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Append(bytes);
        var kept = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(kept, 0, 1 << 20);
        Assert.Equal(1429, reader.Finish()!.NumGc);
    }

    [Fact]
    public void Advance_AnyPolls_GivesEachCollectionOnceOrCountsItMissed() => Gen.Int[0, 700].Array[1, 12].Sample(steps =>
    {
        var program = new Program();
        program.Collect(3);
        var ring = new GoPauseRing();
        Assert.Equal(GoPauseDelta.None, ring.Advance(program.Look()));
        foreach (var step in steps)
        {
            program.Collect(step);
            var delta = ring.Advance(program.Look());
            Assert.Equal(program.Pauses.TakeLast(Math.Min(step, 256)), delta.Pauses);
            Assert.Equal((Math.Max(0, step - 256), false, step * 1000L), (delta.MissedGcs, delta.IsRestart, delta.AllocatedBytes));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(200)]
    public void Advance_ProgramStartedAgain_CountsFromItsStart(int collections)
    {
        var ring = new GoPauseRing();
        var first = new Program();
        first.Collect(10);
        ring.Advance(first.Look());
        var second = new Program(firstEnd: 5_000_000);
        second.Collect(collections);

        var delta = ring.Advance(second.Look());

        Assert.True(delta.IsRestart);
        Assert.Equal(second.Pauses, delta.Pauses);
        Assert.Equal((0, collections * 1000L), (delta.MissedGcs, delta.AllocatedBytes));
    }

    private static GoMemStats? Read(byte[] text)
    {
        var reader = new GoMemStatsReader();
        reader.Append(text);
        return reader.Finish();
    }

    /// <summary>A Go program's ring, played: a pause of n microseconds for collection n, each one allocating 1,000 bytes.</summary>
    private sealed class Program(long firstEnd = 1_000)
    {
        private readonly long[] pauses = new long[256];
        private readonly long[] ends = new long[256];
        private long count;

        public List<GoPause> Pauses { get; } = [];

        public void Collect(int times)
        {
            for (; times > 0; times--)
            {
                (pauses[count % 256], ends[count % 256]) = ((count + 1) * 1000, (firstEnd + count) * 1_000_000);
                count++;
                Pauses.Add(new GoPause(count, count / 1000.0, DateTimeOffset.UnixEpoch.AddMilliseconds(firstEnd + count - 1)));
            }
        }

        public GoMemStats Look() => new() { HeapAllocBytes = 1, NumGc = count, PauseNs = [.. pauses], PauseEndNs = [.. ends], TotalAllocBytes = count * 1000 };
    }
}

using System.Diagnostics;
using FleetProf.Agent.Control;
using FleetProf.Agent.Tests.Access;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Control;

public sealed class VitalsSpoolTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-spool-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Windows_Appended_AreReadInOrderByOneWhoOpensAgainWithoutAnEnd()
    {
        var first = Open();
        for (var i = 0; i < 5; i++) first.Append([Window(i)]);
        // As after kill -9: nothing is disposed or flushed.
        var second = Open();
        Assert.Equal([0L, 1, 2, 3, 4], Read(second).Select(batch => batch.Windows[0].WindowStartUnixMs));
        Assert.Equal([1UL, 2, 3, 4, 5], Read(second).Select(batch => batch.Sequence));
        second.Append([Window(5)]);
        Assert.Equal(6UL, Read(second)[^1].Sequence);
    }

    [Fact]
    public void Windows_OfADiskThatDoesNotSayItsSpace_WaitInMemory()
    {
        using var spool = new VitalsSpool(folder, new AgentOptions(), NullLogger<VitalsSpool>.Instance, _ => throw new IOException("planted"));
        for (var i = 0; i < 3; i++) spool.Append([Window(i)]);
        Assert.Equal([0L, 1, 2], Read(spool).Select(batch => batch.Windows[0].WindowStartUnixMs));
    }

    [Fact]
    public void Append_MoreThanARecordMayHold_GivesAllBack()
    {
        using var spool = Open();
        spool.Append([.. Enumerable.Range(0, 200).Select(i => Window(i, bytes: 30_000))]);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), Read(spool).SelectMany(batch => batch.Windows).Select(window => window.WindowStartUnixMs));
        Assert.Equal(0, spool.DroppedWindows);
    }

    /// <summary>An agent of before joined windows whatever their size; a silo takes 4 MiB.</summary>
    [Fact]
    public void Open_LargeRecordOfAnEarlierAgent_IsGivenBack()
    {
        var batch = new VitalsBatch { Sequence = 1, Windows = { Window(0, bytes: 3_500_000) } };
        using (var earlier = SpoolSegment.Create(folder, 1)) earlier.Append(batch.ToByteArray(), windows: 1);

        using var spool = Open();

        Assert.Equal([0L], Read(spool).Select(read => read.Windows[0].WindowStartUnixMs));
    }

    /// <summary>Reading the first page of a process's memory fails as a broken sector does.</summary>
    [Fact]
    public void Open_FileThatTheDiskCannotRead_CostsNothingElse()
    {
        using (var first = Open()) first.Append([Window(0)]);
        File.CreateSymbolicLink(Path.Combine(folder, 2.ToString("D20", null) + ".vitals"), "/proc/self/mem");
        using var second = Open();
        Assert.Equal([0L], Read(second).Select(batch => batch.Windows[0].WindowStartUnixMs));
    }

    [Fact]
    public void Acknowledged_Ones_AreNotReadAgainAndNumbersGoOn()
    {
        using (var first = Open())
        {
            for (var i = 0; i < 4; i++) first.Append([Window(i)]);
            first.Acknowledge(3);
        }
        using (var second = Open())
        {
            Assert.Equal(3UL, second.Acknowledged);
            Assert.Equal([4UL], Read(second).Select(batch => batch.Sequence));
            second.Acknowledge(4);
            second.Acknowledge(99);
        }
        using var third = Open();
        Assert.Empty(Read(third));
        third.Append([Window(9)]);
        Assert.Equal(5UL, Read(third).Single().Sequence);
    }

    [Fact]
    public void Acknowledged_Segments_LeaveTheDisk()
    {
        using var spool = Open(limit: 1_000_000);
        for (var i = 0; i < 400; i++) spool.Append([Window(i, bytes: 1000)]);
        Assert.True(Directory.GetFiles(folder, "*.vitals").Length > 2);
        spool.Acknowledge(400);
        Assert.InRange(spool.Bytes, 0, 100_000);
        Assert.Single(Directory.GetFiles(folder, "*.vitals"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(30)]
    public void File_CutOff_LosesOnlyTheLastRecord(int cut)
    {
        using (var spool = Open())
            for (var i = 0; i < 3; i++) spool.Append([Window(i)]);
        var path = Directory.GetFiles(folder, "*.vitals").Single();
        using (var file = File.OpenWrite(path)) file.SetLength(file.Length - cut);
        using var again = Open();
        Assert.Equal([1UL, 2], Read(again).Select(batch => batch.Sequence));
        again.Append([Window(7)]);
        Assert.Equal([0L, 1, 7], Read(again).Select(batch => batch.Windows[0].WindowStartUnixMs));
    }

    [Fact]
    public void File_AnyByteChanged_GivesNoWrongWindow()
    {
        using (var spool = Open())
            for (var i = 0; i < 3; i++) spool.Append([Window(i)]);
        var path = Directory.GetFiles(folder, "*.vitals").Single();
        var content = File.ReadAllBytes(path);
        for (var at = 0; at < content.Length; at++)
        {
            var spoiled = (byte[])content.Clone();
            spoiled[at] ^= 0x55;
            File.WriteAllBytes(path, spoiled);
            using var again = Open();
            var read = Read(again);
            Assert.InRange(read.Count, 0, 2);
            Assert.Equal(Enumerable.Range(0, read.Count).Select(i => Window(i)), read.Select(batch => batch.Windows.Single()));
        }
    }

    [Fact]
    public void File_CutOff_IsSaidWithTheBytesLeftOut()
    {
        long whole;
        using (var spool = Open())
        {
            spool.Append([Window(1)]);
            whole = spool.Bytes;
            spool.Append([Window(2)]);
        }
        var path = Directory.GetFiles(folder, "*.vitals").Single();
        using (var file = File.OpenWrite(path)) file.SetLength(whole + 7);
        var log = new KeptLog<VitalsSpool>();
        using var again = new VitalsSpool(folder, new AgentOptions(), log);
        var (level, message) = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains($"last 7 bytes of {path} ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_SpoiledWhileTheSpoolIsOpen_IsPassedOverAndCountedOnce()
    {
        using var spool = Open();
        spool.Append([Window(1), Window(2)]);
        var end = spool.Bytes;
        spool.Append([Window(3)]);
        using (var file = File.OpenHandle(Directory.GetFiles(folder, "*.vitals").Single(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            var last = new byte[1];
            Assert.Equal(1, RandomAccess.Read(file, last, end - 1));
            last[0] ^= 0x55;
            RandomAccess.Write(file, last, end - 1);
        }
        for (var i = 0; i < 2; i++) Assert.Equal([2UL], Read(spool).Select(batch => batch.Sequence));
        Assert.Equal(2, spool.DroppedWindows);
    }

    [Fact]
    public void Limit_Reached_OldestGoAndAreCounted()
    {
        using var spool = Open(limit: 1_000_000);
        for (var i = 0; i < 2000; i++) spool.Append([Window(i, bytes: 1000)]);
        Assert.InRange(spool.Bytes, 800_000, 1_000_000);
        var read = Read(spool);
        Assert.Equal(2000, spool.DroppedWindows + read.Count);
        Assert.Equal(2000UL, read[^1].Sequence);
        Assert.Equal(Enumerable.Range(0, read.Count).Select(i => 2000UL - (ulong)(read.Count - 1 - i)), read.Select(batch => batch.Sequence));
    }

    [Fact]
    public void Disk_FilledByOthers_SpoolDoesNotGrowAndNewestStay()
    {
        var free = long.MaxValue;
        using var spool = Open(limit: 10_000_000, reserve: 1000, free: () => free);
        for (var i = 0; i < 200; i++) spool.Append([Window(i, bytes: 1000)]);
        var before = spool.Bytes;
        free = 500;
        for (var i = 200; i < 300; i++) spool.Append([Window(i, bytes: 1000)]);
        Assert.True(Directory.GetFiles(folder, "*.vitals").Sum(path => new FileInfo(path).Length) <= before);
        var read = Read(spool);
        Assert.Equal(300UL, read[^1].Sequence);
        Assert.Equal(300, spool.DroppedWindows + read.Count);
        free = long.MaxValue;
        spool.Append([Window(300)]);
        using var again = Open();
        Assert.Equal(301UL, Read(again)[^1].Sequence);
    }

    [Fact]
    public void Disk_ReallyFull_WindowsWaitInMemoryAndNothingThrows()
    {
        var mount = Path.Combine(folder, "small");
        Directory.CreateDirectory(mount);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount) == 0, "Only a privileged user can mount a small disk.");
        try
        {
            using (var spool = new VitalsSpool(mount, new AgentOptions { ReserveBytes = 0 }, NullLogger<VitalsSpool>.Instance))
            {
                for (var i = 0; i < 1000; i++) spool.Append([Window(i, bytes: 1000)]);
                var read = Read(spool);
                Assert.Equal(1000UL, read[^1].Sequence);
                Assert.Equal(1000, spool.DroppedWindows + read.Count);
            }
            using var again = new VitalsSpool(mount, new AgentOptions { ReserveBytes = 0 }, NullLogger<VitalsSpool>.Instance);
            Assert.All(Read(again), batch => Assert.Single(batch.Windows));
        }
        finally
        {
            Run("umount", mount);
        }
    }

    [Fact]
    public async Task Appends_FromManyThreads_KeepEveryWindowOnce()
    {
        using var spool = Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++) spool.Append([Window(thread * 1000 + i)]);
            spool.Flush();
        })));
        var starts = Read(spool).SelectMany(batch => batch.Windows).Select(window => window.WindowStartUnixMs).ToList();
        Assert.Equal(1000, starts.Count);
        Assert.Equal(1000, starts.Distinct().Count());
    }

    private VitalsSpool Open(long limit = 64_000_000, long reserve = 0, Func<long>? free = null) =>
        new(folder, new AgentOptions { VitalsSpoolBytes = limit, ReserveBytes = reserve }, NullLogger<VitalsSpool>.Instance, free is null ? null : _ => free());

    private static List<VitalsBatch> Read(VitalsSpool spool)
    {
        var batches = new List<VitalsBatch>();
        for (var after = spool.Acknowledged; spool.ReadAfter(after) is { } batch; after = batch.Sequence) batches.Add(batch);
        return batches;
    }

    private static VitalsWindow Window(int start, int bytes = 0) =>
        new() { InstanceId = "a" + new string('x', bytes), WindowStartUnixMs = start, WindowMs = 10_000 };

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode;
    }
}

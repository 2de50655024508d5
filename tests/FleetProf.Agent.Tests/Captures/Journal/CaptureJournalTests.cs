using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Journal;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Captures.Journal;

public sealed class CaptureJournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fp-journal-").FullName;

    private string FilePath => Path.Combine(folder, "captures.journal");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Open_AfterClose_KnowsEveryStage()
    {
        using (var journal = Open())
        {
            journal.Append(Of(JournalStage.Started, 1));
            journal.Append(Of(JournalStage.Started, 2));
            journal.Append(Of(JournalStage.Attached, 2) with { Session = new AttachedSession(7, 8, "/s") });
            journal.Append(Of(JournalStage.Started, 3));
            journal.Append(Result(JournalStage.Collected, 3, "aa") with { At = DateTimeOffset.UnixEpoch });
            journal.Append(Result(JournalStage.Finished, 4, "bb"));
            journal.Append(Result(JournalStage.Finished, 5, "cc"));
            journal.Append(Of(JournalStage.Acknowledged, 5));
        }

        using var again = Open();
        Assert.Equal(new JournalEntry(Key(1)), again.Find(Key(1)));
        Assert.Equal(new AttachedSession(7, 8, "/s"), again.Find(Key(2))!.Session);
        Assert.Equal(("aa", DateTimeOffset.UnixEpoch, null), (again.Find(Key(3))!.Collected!.Sha256, again.Find(Key(3))!.CollectedAt, again.Find(Key(3))!.Result));
        Assert.Equal(("bb", false), (again.Find(Key(4))!.Result!.Sha256, again.Find(Key(4))!.IsAcknowledged));
        Assert.Equal(("cc", null), (again.ResultOf(Key(5))!.Sha256, again.Find(Key(5))));
        Assert.Equal([true, false], [again.Knows(Key(5)), again.Knows(Key(6))]);
    }

    [Fact]
    public void Open_AfterAWaitForAPause_KnowsThatItWaitedAndWhatCame()
    {
        using (var journal = Open())
        {
            journal.Append(Of(JournalStage.Started, 1) with { IsArmed = true });
            journal.Append(Of(JournalStage.Started, 2) with { IsArmed = true });
            journal.Append(Of(JournalStage.Fired, 2) with { Trigger = new LongGc { Number = 812 }.ToByteArray() });
        }

        using var again = Open();
        Assert.Equal((true, null), (again.Find(Key(1))!.IsArmed, again.Find(Key(1))!.Trigger));
        Assert.Equal((true, 812u), (again.Find(Key(2))!.IsArmed, again.Find(Key(2))!.Trigger!.Number));
        Assert.Equal([JournalStage.Started, JournalStage.Fired], again.Find(Key(2))!.ToRecords().Select(record => record.Stage));
    }

    /// <summary>It has its name then, and what is written to the old file would be found by nobody.</summary>
    [Fact]
    public void Append_AfterTheFolderOfAShorterFileWasNotFlushed_IsKnownAfterClose()
    {
        var (flushes, last) = (0, 4_100);
        using (var journal = CaptureJournal.Open(folder, NullLogger.Instance, Flush))
        {
            for (var pid = 1; pid <= last; pid++) journal.Append(Of(JournalStage.Attached, 1) with { Session = new AttachedSession(pid, 8, "/s") }, isDurable: false);
            Assert.Equal(2, flushes);
            Assert.True(journal.Append(Of(JournalStage.Started, 2)));
        }

        using var again = Open();
        Assert.NotNull(again.Find(Key(2)));
        Assert.Equal(last, again.Find(Key(1))!.Session!.Pid);

        void Flush(string _)
        {
            if (++flushes > 1) throw new IOException("injected");
        }
    }

    [Fact]
    public void Append_DiskTakesNothing_IsFalseAndHarmsNobody()
    {
        // A device that is always full, and cannot be cut either.
        File.CreateSymbolicLink(FilePath, "/dev/full");
        using var journal = Open();
        Assert.False(journal.Append(Of(JournalStage.Started, 1)));
        Assert.False(journal.Append(Of(JournalStage.Started, 2)));
        Assert.NotNull(journal.Find(Key(2)));
    }

    [Fact]
    public void Open_TornAtEveryByte_KnowsAllBeforeTheTearAndGoesOn()
    {
        var ends = new List<long>();
        using (var journal = Open())
        {
            for (var i = 0; i < 4; i++)
            {
                journal.Append(Of(JournalStage.Started, i));
                ends.Add(new FileInfo(FilePath).Length);
            }
        }
        var whole = File.ReadAllBytes(FilePath);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            using (var torn = Open())
            {
                Assert.Equal(ends.Count(end => end <= length), torn.Entries.Count);
                torn.Append(Of(JournalStage.Started, 99));
            }
            using var after = Open();
            Assert.NotNull(after.Find(Key(99)));
            Assert.Equal(ends.Count(end => end <= length) + 1, after.Entries.Count);
        }
    }

    [Fact]
    public void Open_EveryByteDamaged_KnowsNothingWrong()
    {
        using (var journal = Open())
            for (var i = 0; i < 3; i++) journal.Append(Result(JournalStage.Finished, i, $"{i}"));
        var whole = File.ReadAllBytes(FilePath);
        for (var position = 0; position < whole.Length; position++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[position] ^= 0x55;
            File.WriteAllBytes(FilePath, damaged);
            using var journal = Open();
            Assert.All(journal.Entries, entry => Assert.Equal(entry.Key.CaptureId, $"c-{entry.Result!.Sha256}"));
            Assert.InRange(journal.Entries.Count, 0, 2);
        }
    }

    [Fact]
    public void Append_ManyAcknowledged_KeepsTheLastThousandAndAShortFile()
    {
        const int Count = 8_000;
        using (var journal = Open())
        {
            journal.Append(Of(JournalStage.Started, -1), isDurable: false);
            for (var i = 0; i < Count; i++)
            {
                journal.Append(Of(JournalStage.Started, i), isDurable: false);
                journal.Append(Result(JournalStage.Finished, i, "ff"), isDurable: false);
                journal.Append(Of(JournalStage.Acknowledged, i), isDurable: false);
            }
            Assert.Equal(Key(-1), Assert.Single(journal.Entries).Key);
            Assert.Equal("ff", journal.ResultOf(Key(Count - 1))!.Sha256);
        }
        Assert.InRange(new FileInfo(FilePath).Length, 1, 2_000_000);

        using var again = Open();
        Assert.NotNull(again.Find(Key(-1)));
        Assert.False(again.Knows(Key(Count - CaptureJournal.KeptIds - 1)));
        Assert.All(Enumerable.Range(Count - CaptureJournal.KeptIds, CaptureJournal.KeptIds), i => Assert.True(again.Knows(Key(i))));
        Assert.Equal("ff", again.ResultOf(Key(Count - CaptureJournal.KeptIds))!.Sha256);
        Assert.Single(again.Entries);
    }

    [Fact]
    public void ResultOf_AnAcknowledgedCapture_IsReadFromTheFileAndLeavesItsEndAlone()
    {
        using (var journal = Open())
        {
            journal.Append(Result(JournalStage.Finished, 1, "aa"));
            journal.Append(Of(JournalStage.Acknowledged, 1));
            Assert.Equal("aa", journal.ResultOf(Key(1))!.Sha256);
            journal.Append(Result(JournalStage.Finished, 2, "bb"));
            Assert.Equal("bb", journal.ResultOf(Key(2))!.Sha256);
            Assert.Null(journal.ResultOf(Key(3)));
        }

        using var again = Open();
        Assert.Equal(("aa", "bb"), (again.ResultOf(Key(1))!.Sha256, again.ResultOf(Key(2))!.Sha256));
    }

    /// <summary>A result that comes late, or once more, is that of a capture which is over.</summary>
    [Fact]
    public void Append_AfterTheAcknowledgement_BringsNothingBack()
    {
        using var journal = Open();
        journal.Append(Result(JournalStage.Finished, 1, "aa"));
        journal.Append(Of(JournalStage.Acknowledged, 1));
        journal.Append(Result(JournalStage.Finished, 1, "aa"));
        journal.Append(Of(JournalStage.Acknowledged, 1));
        Assert.Empty(journal.Entries);
        Assert.True(journal.Knows(Key(1)));
    }

    [Fact]
    public void Open_ANewFile_IsItsOwnersAlone()
    {
        using var journal = Open();
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Open_Twice_IsRefused()
    {
        using var journal = Open();
        Assert.Throws<IOException>(Open);
    }

    private CaptureJournal Open() => CaptureJournal.Open(folder, NullLogger.Instance);

    private static CaptureKey Key(int number) => new($"c-{number}", 1);

    private static JournalRecord Of(JournalStage stage, int number) => new() { Stage = stage, CaptureId = $"c-{number}", Attempt = 1 };

    private static JournalRecord Result(JournalStage stage, int number, string sha256) =>
        Of(stage, number) with { Result = new CaptureResult { CaptureId = $"c-{number}", Attempt = 1, Sha256 = sha256 }.ToByteArray() };
}

using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Collectors.Go;

public sealed class GcTraceTailTests : IDisposable
{
    private static readonly DateTimeOffset Started = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-tail-");
    private readonly SteppedClock time = new(Started.AddSeconds(100));
    private readonly VitalsWindowing windows;
    private readonly GoRecorder recorder;
    private readonly GcTraceTail tail;

    /// <summary>Where the program's standard error goes by now.</summary>
    private string? written;

    public GcTraceTailTests()
    {
        windows = new VitalsWindowing("i", () => null, time.GetUtcNow());
        recorder = new GoRecorder(windows, new ProcessAge(time.GetUtcNow() - Started, TimeSpan.Zero), time);
        tail = new GcTraceTail(Log, () => written is null ? null : LinuxFile.FactsOf(written), isTracing: false, time);
    }

    private string Log => Path.Combine(folder.FullName, "x.log");

    [Fact]
    public async Task Read_FromTheEndOn_CountsOnlyWhatIsAdded()
    {
        File.WriteAllText(Log, Line(1) + Line(2));
        Assert.Null(await ReadAsync());
        Append(Line(3)[..30]);
        Assert.Null(await ReadAsync());
        Append(Line(3)[30..] + "something else\n" + Line(4));
        Assert.Null(await ReadAsync());

        Assert.Equal([2u], Counts());
    }

    [Fact]
    public async Task Read_FileReplaced_ReadsTheOldOnesRestAndTheNewOne()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        Append(Line(1) + "a line that is cut by the rota");
        File.Move(Log, Log + ".1");
        File.WriteAllText(Log, Line(2));
        Assert.Null(await ReadAsync());
        Append(Line(3));
        Assert.Null(await ReadAsync());

        Assert.Equal([3u], Counts());
    }

    /// <summary>What logrotate does by default: the program's standard error goes with the old file, and the new one stays empty.</summary>
    [Fact]
    public async Task Read_FileRenamedUnderAProgramThatGoesOnWritingToIt_FollowsIt()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        written = Log + ".1";
        File.Move(Log, written);
        File.WriteAllText(Log, "");
        Assert.Null(await ReadAsync());
        File.AppendAllText(written, Line(1));
        Assert.Null(await ReadAsync());
        Assert.Equal(1, recorder.OwnGcs);

        // It was started anew, or told to open its log again.
        written = Log;
        Append(Line(2));
        Assert.Null(await ReadAsync());
        Assert.Equal([2u], Counts());
    }

    /// <summary>The agent was started again behind the rotation, and has never seen the file under its old name.</summary>
    [Fact]
    public async Task Read_FirstLookBehindARotation_FollowsWhatTheProgramGoesOnWritingTo()
    {
        written = Log + "-20261125";
        File.WriteAllText(written, Line(1));
        File.WriteAllText(Log, "");
        Assert.Null(await ReadAsync());
        File.AppendAllText(written, Line(2));
        Assert.Null(await ReadAsync());

        Assert.Equal(1, recorder.OwnGcs);
    }

    /// <summary>Only a rotation's names are taken: what else begins so may be another program's.</summary>
    [Fact]
    public async Task Read_StandardErrorInAFileOfAnotherName_IsNotFollowed()
    {
        written = Log + ".other";
        File.WriteAllText(written, "");
        File.WriteAllText(Log, "");
        Assert.Null(await ReadAsync());
        File.AppendAllText(written, Line(1));
        Assert.Null(await ReadAsync());

        Assert.Equal(0, recorder.OwnGcs);
    }

    [Fact]
    public async Task Read_NoCollectionForMinutes_SaysThatNoneIsWritten()
    {
        File.WriteAllText(Log, "");
        Assert.Null(await ReadAsync());
        time.Advance(TimeSpan.FromMinutes(5));
        Append("something else\n");
        Assert.Contains("gctrace=1 is not set", await ReadAsync(), StringComparison.Ordinal);

        Append(Line(1, at: 399.9));
        Assert.Null(await ReadAsync());
    }

    /// <summary>With GOGC=off it collects at its memory limit only, and before its first 4 MB not at all.</summary>
    [Fact]
    public async Task Read_NoCollectionForMinutesOfAProgramThatTracesIntoThisLog_IsNoProblem()
    {
        File.WriteAllText(Log, "");
        written = Log;
        using var tracing = new GcTraceTail(Log, () => LinuxFile.FactsOf(written ?? Log), isTracing: true, time);
        Assert.Null(await tracing.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken));
        Assert.Null(await ReadAsync());
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Null(await tracing.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken));
        // Without gctrace=1 no line would come, and into another file none of them either.
        Assert.NotNull(await ReadAsync());
        written = Path.Combine(folder.FullName, "elsewhere");
        File.WriteAllText(written, "");
        Assert.Contains("goes elsewhere", await tracing.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileTruncated_ReadsFromItsStart()
    {
        File.WriteAllText(Log, Line(1) + Line(2));
        await ReadAsync();
        File.WriteAllText(Log, Line(3));
        Assert.Null(await ReadAsync());

        Assert.Equal([1u], Counts());
    }

    [Fact]
    public async Task Read_FileGoneForAWhile_GoesOnWithTheNewOne()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        File.Delete(Log);
        Assert.Null(await ReadAsync());
        File.WriteAllText(Log, Line(1));
        Assert.Null(await ReadAsync());

        Assert.Equal([1u], Counts());
    }

    [Fact]
    public async Task Read_LinesOfAProgramThatStartedEarlier_AreLeftOutAndSaid()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        Append(Line(900, at: 5_000));

        Assert.Contains("another time", await ReadAsync(), StringComparison.Ordinal);
        Assert.Equal([0u], Counts());
    }

    /// <summary>An old process that still writes there: its numbers are higher and its times later, as if it were the same run.</summary>
    [Fact]
    public async Task Read_LineOfAnOlderProgramAmongItsOwn_IsLeftOutWithoutMissingAny()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        Append(Line(1) + Line(900, at: 5_000) + Line(2));
        Assert.Null(await ReadAsync());

        Assert.Equal((2L, 1L), (recorder.OwnGcs, recorder.ForeignGcs));
        var window = Assert.Single(End());
        Assert.Equal((2u, 0u, 6.0, 8L << 20), (window.GcCounts[2], window.MissedGcCount, window.PauseMs, window.AllocatedBytes));
    }

    [Fact]
    public async Task Read_LineOfTheNextRun_IsLeftOut()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        Append(Line(1) + Line(2));
        await ReadAsync();
        time.Advance(TimeSpan.FromSeconds(200));
        Append(Line(1, at: 0.01));
        Assert.Null(await ReadAsync());

        Assert.Equal(1, recorder.ForeignGcs);
        Assert.Equal(2, recorder.OwnGcs);
    }

    [Theory]
    [InlineData(-3_600)]
    [InlineData(3_600)]
    public async Task Read_FirstLineAfterTheWallClockWasSet_IsTheProgramsOwn(int seconds)
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        time.Step(TimeSpan.FromSeconds(seconds));
        time.Advance(TimeSpan.FromSeconds(50));
        Append(Line(1, at: 149.9));

        Assert.Null(await ReadAsync());
        Assert.Equal((1L, 0L), (recorder.OwnGcs, recorder.ForeignGcs));
    }

    [Fact]
    public async Task Read_BacklogBeyondTheLimit_IsPassedOverAndCountedAsMissed()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        Append(Line(1));
        await ReadAsync();
        using (var file = File.OpenWrite(Log)) file.SetLength(file.Length + (65 << 20));
        await ReadAsync();
        Append("\n" + Line(9));
        Assert.Null(await ReadAsync());

        var window = Assert.Single(End());
        Assert.Equal((2u, 7u), (window.GcCounts[2], window.MissedGcCount));
    }

    [Fact]
    public async Task Read_WhatIsNoRegularFile_IsNotOpened()
    {
        Assert.Contains("does not exist", await ReadAsync(), StringComparison.Ordinal);
        using var device = new GcTraceTail("/dev/zero", () => null, isTracing: false, time);
        Assert.Contains("no regular file", await device.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var directory = new GcTraceTail(folder.FullName, () => null, isTracing: false, time);
        Assert.Contains("no regular file", await directory.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_TwoStops_BecomeInitialAndFinalPauseOfOneBackgroundCollection()
    {
        File.WriteAllText(Log, "");
        await ReadAsync();
        Append(Line(5));
        await ReadAsync();

        var window = Assert.Single(End());
        Assert.Equal((1u, 1u, 3.0, 2.0), (window.GcCounts[2], window.BackgroundGcCount, window.PauseMs, window.MaxPauseMs));
        Assert.Equal([PauseKind.BackgroundInitial, PauseKind.BackgroundFinal], window.Pauses.Select(pause => pause.Kind));
        Assert.Equal((4L << 20, 4L << 20, 12L << 20), (window.HeapAfter.Gen2Bytes, window.Gen2AfterBytes, window.HeapBeforeBytes));
        // The first stop ended before the marking and the second stop.
        Assert.Equal(9, window.Longest.Max(pause => pause.EndedUnixMs) - window.Longest.Min(pause => pause.EndedUnixMs));
    }

    public void Dispose()
    {
        tail.Dispose();
        folder.Delete(recursive: true);
    }

    private static string Line(int number, double at = 99.9) => FormattableString.Invariant(
        $"gc {number} @{at + (number * 0.001):0.000}s 5%: 2.0+8.0+1.0 ms clock, 2+1/2/3+2 ms cpu, 10->12->4 MB, 12 MB goal, 2 P\n");

    private Task<string?> ReadAsync() => tail.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken);

    private void Append(string text) => File.AppendAllText(Log, text);

    private List<VitalsWindow> End()
    {
        var finished = new List<VitalsWindow>();
        windows.End(time.GetUtcNow(), finished);
        return finished;
    }

    private IEnumerable<uint> Counts() => End().Select(window => window.GcCounts[2]);
}

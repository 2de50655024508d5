using FleetProf.Analysis.GcPauses.Go;
using FleetProf.Analysis.GcPauses.Jvm;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Analyzer.GcPauses;

/// <summary>A text log of a Go program (GODEBUG=gctrace=1) or a Java virtual machine (-Xlog:gc*), read in one pass.</summary>
internal sealed class GcLog
{
    private const int HeadBytes = 4_096;

    private readonly GcTally _goTally = new();
    private readonly GcTally _jvmTally = new();
    private readonly GoGcRows _goRows = new();
    private readonly JvmGcRows _jvmRows = new();
    private readonly GcTraceReader _go;
    private readonly JvmLogReader _jvm;
    private double _goSeconds;
    private GoGc _goFirst;
    private GoGc _goLast;

    private GcLog() => (_go, _jvm) = (new GcTraceReader(Take), new JvmLogReader(Take));

    public bool IsGo => _go.Collections >= _jvm.Collections;

    public GcTally Tally => IsGo ? _goTally : _jvmTally;

    public long Collections => IsGo ? _go.Collections : _jvm.Collections;

    /// <summary>Go numbers its collections, so those without a line are known.</summary>
    public long MissedGcs => IsGo ? _go.MissedGcs : 0;

    public long DamagedLines => IsGo ? _go.DamagedLines : _jvm.DamagedLines;

    /// <summary>Over all runs of the program.</summary>
    public double DurationMs => 1000 * (IsGo ? _goSeconds + RunSeconds() : _jvm.DurationSeconds);

    public DateTimeOffset? StartedAt => IsGo ? null : _jvm.StartedAt;

    /// <summary>Null when the log does not say.</summary>
    public string? RuntimeVersion => IsGo ? null : _jvm.Version;

    /// <summary>Null when the file is no text, or no log with a collection in it.</summary>
    public static GcLog? Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        var buffer = new byte[1 << 20];
        var count = stream.ReadAtLeast(buffer.AsSpan(0, HeadBytes), HeadBytes, throwOnEndOfStream: false);
        if (!IsText(buffer.AsSpan(0, count)))
        {
            return null;
        }

        var log = new GcLog();
        for (; count > 0; count = stream.Read(buffer))
        {
            log._go.Append(buffer.AsSpan(0, count));
            log._jvm.Append(buffer.AsSpan(0, count));
        }

        log._go.Finish();
        log._jvm.Finish();
        return log.Collections > 0 ? log : null;
    }

    /// <summary>What a reader should know before trusting the figures.</summary>
    public IEnumerable<string> Warnings()
    {
        if (MissedGcs > 0)
        {
            yield return $"{MissedGcs} collections have no readable line in the log: counts and sums are too low";
        }

        if (DamagedLines > 0)
        {
            yield return $"{DamagedLines} lines begin like a collection and are cut, mixed with other text, or out of range; they were left out";
        }

        if ((IsGo ? _go.OverlongLines : _jvm.OverlongLines) is > 0 and var overlong)
        {
            yield return $"{overlong} lines are longer than 64 KB and were not read";
        }

        if ((IsGo ? _go.Runs : _jvm.Runs) is > 1 and var runs)
        {
            yield return $"the log holds {runs} runs of the program; indexes and times begin anew with each (column Run)";
        }

        if (!IsGo && _jvm is { HasTimes: true, BeginsLater: true })
        {
            yield return "the log begins after the program's first collection: duration and shares of time are of what it holds";
        }

        if (!IsGo && !_jvm.HasTimes)
        {
            yield return "the lines of the log have no time, so only the pauses are known";
        }

        if (Math.Min(_go.Collections, _jvm.Collections) is > 0 and var others)
        {
            yield return $"the log also holds {others} collections of {(IsGo ? "a Java virtual machine" : "a Go program")}; they were left out";
        }
    }

    // An empty file is none; neither is anything binary, .nettrace among it.
    private static bool IsText(ReadOnlySpan<byte> head) => !head.IsEmpty && !head.Contains((byte)0) && !head.StartsWith("Nettrace"u8);

    private void Take(GoGc gc)
    {
        if (gc.Run != _goLast.Run)
        {
            _goSeconds += RunSeconds();
            _goFirst = gc;
        }

        _goLast = gc;
        _goTally.Add(_goRows.Next(gc), gc.SweepTerminationMs, gc.MarkTerminationMs);
    }

    private void Take(JvmGc gc) => _jvmTally.Add(_jvmRows.Next(gc), gc.Pauses.Select(pause => pause.PauseMs));

    // A log that begins with the first collection tells of the program from its start.
    private double RunSeconds() => Math.Max(0, _goLast.EndSeconds - (_goFirst.Number <= 1 ? 0 : _goFirst.AtSeconds));
}

using FleetProf.Faults.History;

namespace FleetProf.Faults.Memory;

/// <summary>Reads the memory of processes out of a history and tells which grow. Pure: the same lines give the same answer, here or from a file.</summary>
internal static class MemoryJudge
{
    /// <summary>Of the median RSS.</summary>
    public const double AllowedPercentPerHour = 1;

    public const int LeastReadings = 10;

    /// <summary>A process compiles its code and fills its pools at first.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(10);

    /// <summary>Between the first and the last reading after the warm-up.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromMinutes(20);

    /// <summary>For so long what a reading is off by is seen in its neighbours too: a few rounds of chaos.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromMinutes(5);

    /// <summary>One for each process that was ever read, in the order of their first readings.</summary>
    public static IReadOnlyList<MemoryJudgement> Judge(IReadOnlyList<HistoryEvent> history) =>
    [
        .. history.Where(line => line is { Kind: HistoryKind.Memory, Memory: not null })
            .Select(line => (Hours: TimeSpan.FromMilliseconds(line.At).TotalHours, Reading: line.Memory!))
            .GroupBy(at => (at.Reading.Process, at.Reading.Pid))
            .Select(process => JudgeProcess([.. process])),
    ];

    /// <summary>What is to be printed: who lived long enough to say something of, and how many did not.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<MemoryJudgement> judged) =>
    [
        .. judged.Where(process => process.Late.Count + process.Failed > 0).Select(process => process.ToString()),
        $"memory: {Count(judged, MemoryVerdict.Kept)} processes kept, {Count(judged, MemoryVerdict.Leak)} leak, {Count(judged, MemoryVerdict.NotDecided)} not decided, {Count(judged, MemoryVerdict.NotJudged)} not judged",
    ];

    public static int Count(IReadOnlyList<MemoryJudgement> judged, MemoryVerdict verdict) => judged.Count(process => process.Verdict == verdict);

    private static MemoryJudgement JudgeProcess(IReadOnlyList<(double Hours, MemoryReading Reading)> all)
    {
        var warm = all.Where(at => at.Reading.AgeMs >= WarmUp.TotalMilliseconds).ToList();
        var late = warm.Where(at => at.Reading is { Live: not null, Native: not null }).ToList();
        var (process, pid, failed) = (all[0].Reading.Process, all[0].Reading.Pid, warm.Count - late.Count);
        if (late.Count < LeastReadings || late[^1].Hours - late[0].Hours < LeastTime.TotalHours)
        {
            return new(MemoryVerdict.NotJudged, late, failed, null) { Process = process, Pid = pid };
        }

        double[] hours = [.. late.Select(at => at.Hours)];
        double[] bytes = [.. late.Select(at => (double)(at.Reading.Live!.Value + at.Reading.Native!.Value))];
        var percent = 100.0 / late.Select(at => at.Reading.Resident).Order().ElementAt(late.Count / 2);
        var trend = MemoryTrend.Of(hours, [.. bytes.Select(value => value * percent)], Block.TotalHours)!;
        var verdict = trend.High < AllowedPercentPerHour ? MemoryVerdict.Kept : trend.Low > AllowedPercentPerHour ? MemoryVerdict.Leak : MemoryVerdict.NotDecided;
        return new(verdict, late, failed, trend) { Process = process, Pid = pid, BytesPerCapture = MemoryTrend.SlopeOf([.. late.Select(at => (double)at.Reading.Captures)], bytes) };
    }
}

using FleetProf.Faults.History;

namespace FleetProf.Faults.Memory;

/// <summary>Reads the memory of processes out of a history and tells which grow. Pure: the same lines give the same answer, here or from a file.</summary>
internal static class MemoryJudge
{
    /// <summary>Of the median RSS.</summary>
    public const double AllowedPercentPerHour = 1;

    public const int LeastReadings = 10;

    /// <summary>
    /// A process compiles its code and fills its pools at first. In chaos that ends late, since it takes long until each fault was met: an agent, 94 MB, gained 1.3 MB within
    /// forty minutes and nothing in the hour after them.
    /// </summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(30);

    /// <summary>Between the first and the last reading after the warm-up.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromMinutes(20);

    /// <summary>
    /// Of so much time the least counts: what is free, but was not given back yet, only adds to a reading, and what is never given back is in the least as well. Also for
    /// so long what a reading is off by is seen in its neighbours too: a few rounds of chaos.
    /// </summary>
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
        double[] hours = [.. late.Select(at => at.Hours)];
        double[] bytes = [.. late.Select(at => (double)(at.Reading.Live!.Value + at.Reading.Native!.Value))];
        if (late.Count < LeastReadings || hours[^1] - hours[0] < LeastTime.TotalHours || TrendOf(hours, bytes) is not { } bytesPerHour)
        {
            return new(MemoryVerdict.NotJudged, late, failed, null) { Process = process, Pid = pid };
        }

        var trend = bytesPerHour.Times(100.0 / late.Select(at => at.Reading.Resident).Order().ElementAt(late.Count / 2));
        var verdict = trend.High < AllowedPercentPerHour ? MemoryVerdict.Kept : trend.Low > AllowedPercentPerHour ? MemoryVerdict.Leak : MemoryVerdict.NotDecided;
        return new(verdict, late, failed, trend) { Process = process, Pid = pid, BytesPerCapture = MemoryTrend.SlopeOf([.. late.Select(at => (double)at.Reading.Captures)], bytes) };
    }
    private static MemoryTrend? TrendOf(double[] hours, double[] bytes)
    {
        var least = LeastOfEachBlock(hours, bytes);
        return MemoryTrend.Of([.. least.Select(index => hours[index])], [.. least.Select(index => bytes[index])], Block.TotalHours);
    }

    /// <summary>Where they stand. Blocks are of one length, the shortest from <see cref="Block"/> on that leaves no shorter rest: the least of a short one lies higher.</summary>
    private static List<int> LeastOfEachBlock(double[] hours, double[] bytes)
    {
        var time = hours[^1] - hours[0];
        var count = Math.Max(1, (int)(time / Block.TotalHours));
        return
        [
            .. Enumerable.Range(0, hours.Length)
                .GroupBy(index => Math.Min(count - 1, (int)((hours[index] - hours[0]) / time * count)))
                .Select(block => block.MinBy(index => bytes[index])),
        ];
    }
}

using FleetProf.Measures.GcPauses.Logs;

namespace FleetProf.Measures.GcPauses.Go;

/// <summary>
/// The grammar of a gctrace line. "A+B+C ms clock, D+E/F/G+H ms cpu" since Go 1.6; five clock parts and as many more of the processor
/// in Go 1.5, where the middle three run concurrently; stacks and globals since Go 1.18. Anything else is no such line.
/// </summary>
internal static class GcTraceLine
{
    private const double LongestMs = DdSketch.LargestValue;
    private const double LongestSeconds = 1e10;
    private const long LargestMiB = 1L << 32; // 4 PiB
    private const int LargestPercent = 100_000;

    /// <summary>
    /// As the largest number of bytes is printed, with which Go before 1.19 stands for no goal. Since then it is the default limit of memory, the largest signed one, less
    /// what is no heap (mgcpacer.go). Above what any host has there is none.
    /// </summary>
    private const long LargestGoalMiB = (1L << 44) - 1;

    /// <summary>Whether it begins like a line of gctrace: "gc 12 @".</summary>
    public static bool IsStart(ReadOnlySpan<byte> text)
    {
        var cursor = new LineCursor(text);
        return cursor.TryText("gc "u8) && cursor.TryInteger(long.MaxValue, out _) && cursor.TryText(" @"u8);
    }

    /// <summary>Reads the line at the front of <paramref name="text"/>; <paramref name="length"/> is its length in bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out GoGc gc, out int length)
    {
        var cursor = new LineCursor(text);
        length = 0;
        gc = default;
        if (!TryTimes(ref cursor, out var times) || !TrySizes(ref cursor, times, out gc)) return false;
        if (cursor.TryText(" (forced)"u8)) gc = gc with { IsForced = true };
        // A word that goes on, or a parenthesis that was cut, is not the end of such a line.
        else if (cursor.Rest.StartsWith(" ("u8) || !cursor.Rest.IsEmpty && char.IsAsciiLetterOrDigit((char)cursor.Rest[0])) return false;
        length = text.Length - cursor.Rest.Length;
        return true;
    }

    private static bool TryTimes(ref LineCursor cursor, out Times times)
    {
        times = default;
        if (!cursor.TryText("gc "u8) || !cursor.TryInteger(int.MaxValue, out times.Number) || times.Number == 0) return false;
        if (!cursor.TryText(" @"u8) || !cursor.TryDecimal(LongestSeconds, out times.AtSeconds)) return false;
        if (!cursor.TryText("s "u8) || !cursor.TryInteger(LargestPercent, out times.CpuPercent) || !cursor.TryText("%: "u8)) return false;
        Span<double> clock = stackalloc double[5];
        var parts = 0;
        do
        {
            if (parts == clock.Length || !cursor.TryDecimal(LongestMs, out clock[parts++])) return false;
        }
        while (cursor.TryText("+"u8));
        if (parts is not (3 or 5) || !cursor.TryText(" ms clock, "u8)) return false;
        (times.SweepTermination, times.MarkTermination) = (clock[0], clock[parts - 1]);
        foreach (var part in clock[1..(parts - 1)]) times.Concurrent += part;
        return TryProcessorTimes(ref cursor, parts, ref times);
    }

    private static bool TryProcessorTimes(ref LineCursor cursor, int clockParts, ref Times times)
    {
        for (var i = 0; i < clockParts - 2; i++)
            if (!cursor.TryDecimal(LongestMs, out _) || !cursor.TryText("+"u8)) return false;
        return cursor.TryDecimal(LongestMs, out times.Assist) && cursor.TryText("/"u8)
            && cursor.TryDecimal(LongestMs, out times.Background) && cursor.TryText("/"u8)
            && cursor.TryDecimal(LongestMs, out times.Idle) && cursor.TryText("+"u8)
            && cursor.TryDecimal(LongestMs, out _) && cursor.TryText(" ms cpu, "u8);
    }

    private static bool TrySizes(ref LineCursor cursor, in Times times, out GoGc gc)
    {
        gc = default;
        if (!cursor.TryInteger(LargestMiB, out var before) || !cursor.TryText("->"u8)
            || !cursor.TryInteger(LargestMiB, out var after) || !cursor.TryText("->"u8)
            || !cursor.TryInteger(LargestMiB, out var live) || !cursor.TryText(" MB, "u8)
            || !cursor.TryInteger(LargestGoalMiB, out var goal) || !cursor.TryText(" MB goal, "u8)
            || !cursor.TryInteger(LargestMiB, out var processors)) return false;
        long? stacks = null, globals = null;
        if (cursor.TryText(" MB stacks, "u8))
        {
            stacks = processors;
            if (!cursor.TryInteger(LargestMiB, out var value) || !cursor.TryText(" MB globals, "u8) || !cursor.TryInteger(LargestMiB, out processors)) return false;
            globals = value;
        }
        if (processors is 0 or > 1 << 20 || !cursor.TryText(" P"u8)) return false;
        gc = new GoGc
        {
            Number = (int)times.Number, AtSeconds = times.AtSeconds, CpuPercentSinceStart = (int)times.CpuPercent,
            SweepTerminationMs = times.SweepTermination, ConcurrentMs = times.Concurrent, MarkTerminationMs = times.MarkTermination,
            AssistCpuMs = times.Assist, BackgroundCpuMs = times.Background, IdleCpuMs = times.Idle,
            HeapBeforeMiB = before, HeapAfterMiB = after, LiveMiB = live, GoalMiB = goal > LargestMiB ? null : goal,
            StacksMiB = stacks, GlobalsMiB = globals, Processors = (int)processors,
        };
        return true;
    }

    private struct Times
    {
        public long Number;
        public double AtSeconds;
        public long CpuPercent;
        public double SweepTermination;
        public double Concurrent;
        public double MarkTermination;
        public double Assist;
        public double Background;
        public double Idle;
    }
}

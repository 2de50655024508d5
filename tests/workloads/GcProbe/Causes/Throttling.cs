using System.Globalization;

namespace GcProbe.Causes;

/// <summary>Collections during which this process's control group was denied the processor. Whoever measures puts the process into a group with a quota.</summary>
internal static class Throttling
{
    private const double LongMs = 10;

    /// <summary>The collections of <paramref name="rounds"/> that took at least 10 ms, most of it while throttled; the others are not planted.</summary>
    public static IReadOnlyList<long> CollectWhileThrottled(int rounds)
    {
        var isOver = false;
        var burner = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver)) Thread.SpinWait(100);
        });
        burner.Start();
        var numbers = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            var before = ThrottledMs();
            var number = Garbage.UntilCollected();
            var pause = GC.GetGCMemoryInfo(GCKind.Any).PauseDurations[0].TotalMilliseconds;
            if (pause >= LongMs && ThrottledMs() - before >= pause * 0.8) numbers.Add(number);
        }

        Volatile.Write(ref isOver, true);
        burner.Join();
        return numbers;
    }

    private static double ThrottledMs()
    {
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            var parts = line.Split(':', 3);
            var isVersion1 = parts[1].Split(',').Contains("cpu");
            if (!isVersion1 && parts[1].Length > 0) continue;
            var path = $"/sys/fs/cgroup{(isVersion1 ? "/cpu" : "")}{parts[2]}/cpu.stat";
            if (!File.Exists(path)) continue;
            foreach (var words in File.ReadLines(path).Select(text => text.Split(' ')))
            {
                if (words[0] == "throttled_time") return long.Parse(words[1], CultureInfo.InvariantCulture) / 1e6;
                if (words[0] == "throttled_usec") return long.Parse(words[1], CultureInfo.InvariantCulture) / 1e3;
            }
        }

        return 0;
    }
}

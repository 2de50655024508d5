using System.Runtime.CompilerServices;

namespace Planted;

/// <summary>Many threads with deep and varied stacks, most of them waiting: a recording of it is large.</summary>
public static class Crowd
{
    private const int Depth = 25;
    private const int Threads = 60;
    private static long _sink;

    /// <summary>Returns when the time is over and all threads have ended.</summary>
    public static void Gather(TimeSpan duration)
    {
        var end = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        var threads = Enumerable.Range(0, Threads).Select(seed => new Thread(() => Live(new Random(seed), end, isBusy: seed < 2)) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static void Live(Random random, long end, bool isBusy)
    {
        while (Environment.TickCount64 < end)
        {
            Left(random, Depth, isBusy);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Left(Random random, int depth, bool isBusy)
    {
        Step(random, depth, isBusy);
        Interlocked.Increment(ref _sink);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Right(Random random, int depth, bool isBusy)
    {
        Step(random, depth, isBusy);
        Interlocked.Add(ref _sink, 2);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Step(Random random, int depth, bool isBusy)
    {
        if (depth == 0)
        {
            Rest(random, isBusy);
        }
        else if (random.Next(2) == 0)
        {
            Left(random, depth - 1, isBusy);
        }
        else
        {
            Right(random, depth - 1, isBusy);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Rest(Random random, bool isBusy)
    {
        if (isBusy)
        {
            Burner.BurnFor(TimeSpan.FromMilliseconds(2));
        }
        else
        {
            Thread.Sleep(random.Next(5, 40));
        }
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Planted;

/// <summary>Burns CPU and boxes integers below a recursion that is deeper than the stacks of a recording.</summary>
public static class Diver
{
    private const int Depth = 300;
    private static long _sink;

    public static void DiveFor(TimeSpan duration)
    {
        Down(Depth, duration);
        Interlocked.Increment(ref _sink);
    }

    // Something is left to do after the call, so that each one keeps its frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Down(int depth, TimeSpan duration)
    {
        if (depth == 0)
        {
            Work(duration);
        }
        else
        {
            Down(depth - 1, duration);
        }

        Interlocked.Increment(ref _sink);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Work(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            Burner.BurnFor(TimeSpan.FromMilliseconds(2));
            Boxer.Box(50_000);
        }
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Planted;

/// <summary>Burns CPU in one method.</summary>
public static class Burner
{
    public static double Sink { get; private set; }

    public static void BurnFor(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            Sink += Spin(200_000);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Spin(int rounds)
    {
        var sum = 0.0;
        for (var i = 0; i < rounds; i++)
        {
            sum += Math.Sqrt(i + sum);
        }

        return sum;
    }
}

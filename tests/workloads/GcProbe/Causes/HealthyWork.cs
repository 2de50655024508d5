namespace GcProbe.Causes;

/// <summary>
/// A service that is well: much garbage, few survivors, a steady live set, two threads that rest between requests and leave half of
/// two processors free. None of its collections has a cause worth telling.
/// </summary>
internal static class HealthyWork
{
    private const int KeptObjects = 2_000;

    public static IReadOnlyList<long> Run(int rounds)
    {
        var until = Garbage.Latest + rounds;
        var other = new Thread(() => Serve(until, seed: 2));
        other.Start();
        Serve(until, seed: 1);
        other.Join();
        return [];
    }

    private static void Serve(long until, uint seed)
    {
        var kept = new object[KeptObjects];
        while (Garbage.Latest < until)
        {
            Thread.Sleep(1);
            for (var i = 0; i < 1_000; i++)
            {
                seed = seed * 1664525 + 1013904223;
                var request = new byte[64 + (seed >> 8) % 1500];
                if (seed % 100 == 0) kept[(int)(seed >> 16) % KeptObjects] = request;
            }
        }
    }
}

using System.Diagnostics;

namespace GcProbe.Serving;

/// <summary>
/// A service under steady load: two threads allocate at a set rate whatever pauses do, what a request allocates lives as long as the request, and a
/// small part of it stays in a cache. Collections come by the young budget alone, and what survives them depends on it.
/// </summary>
internal static class PacedRequests
{
    private const int CachedObjects = 20_000;
    private const int OneOfCached = 100;

    /// <param name="seconds">How long.</param>
    /// <param name="megabytesPerSecond">Of both threads together.</param>
    /// <param name="requestMs">How long a request takes, and its objects live.</param>
    public static void Run(double seconds, double megabytesPerSecond, int requestMs)
    {
        var other = new Thread(() => Serve(seconds, megabytesPerSecond / 2, requestMs, seed: 2));
        other.Start();
        Serve(seconds, megabytesPerSecond / 2, requestMs, seed: 1);
        other.Join();
    }

    private static void Serve(double seconds, double megabytesPerSecond, int requestMs, uint seed)
    {
        var cache = new object[CachedObjects];
        var inFlight = new Queue<(long EndsMs, List<byte[]> Objects)>();
        var clock = Stopwatch.StartNew();
        var allocated = 0L;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            Thread.Sleep(1);
            var now = clock.ElapsedMilliseconds;
            while (inFlight.TryPeek(out var oldest) && oldest.EndsMs <= now) inFlight.Dequeue();

            // What a pause or the scheduler held up is made up for: the load does not wait.
            var owed = (long)(clock.Elapsed.TotalSeconds * megabytesPerSecond * 1e6) - allocated;
            var request = new List<byte[]>();
            while (owed > 0)
            {
                seed = seed * 1664525 + 1013904223;
                var block = new byte[64 + (seed >> 8) % 1500];
                request.Add(block);
                if ((seed >> 4) % OneOfCached == 0) cache[(int)(seed >> 12) % CachedObjects] = block;
                (owed, allocated) = (owed - block.Length, allocated + block.Length);
            }

            if (requestMs > 0) inFlight.Enqueue((now + requestMs, request));
        }

        GC.KeepAlive(cache);
    }
}

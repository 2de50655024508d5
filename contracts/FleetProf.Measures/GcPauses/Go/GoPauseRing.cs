namespace FleetProf.Measures.GcPauses.Go;

/// <summary>
/// Tells from one look at MemStats to the next which collections are new, each exactly once. The first look is where counting begins.
/// A ring that went round, and a program that was started again between two looks, are noticed. Not thread-safe.
/// </summary>
public sealed class GoPauseRing
{
    private GoMemStats? before;

    public GoPauseDelta Advance(GoMemStats now)
    {
        ArgumentNullException.ThrowIfNull(now);
        var earlier = before;
        before = now;
        if (earlier is null) return GoPauseDelta.None;
        var isRestart = IsRestart(earlier, now);
        var (seen, forced, allocated) = isRestart ? (0, 0, 0) : (earlier.NumGc, earlier.NumForcedGc, earlier.TotalAllocBytes);
        var readable = Math.Min(now.NumGc - seen, GoMemStats.RingLength);
        var pauses = new List<GoPause>((int)readable);
        for (var number = now.NumGc - readable + 1; number <= now.NumGc; number++)
            if (TryPause(now, number, out var pause)) pauses.Add(pause);
        return new GoPauseDelta(pauses, now.NumGc - seen - pauses.Count, Math.Max(0, now.NumForcedGc - forced), Math.Max(0, now.TotalAllocBytes - allocated), isRestart);
    }

    // Totals of one program never shrink; and as long as the ring still holds the collection that was the newest, its end is the same.
    private static bool IsRestart(GoMemStats earlier, GoMemStats now)
    {
        if (now.NumGc < earlier.NumGc || now.TotalAllocBytes < earlier.TotalAllocBytes || now.NumForcedGc < earlier.NumForcedGc) return true;
        if (earlier.NumGc == 0 || now.NumGc - earlier.NumGc >= GoMemStats.RingLength) return false;
        var place = GoMemStats.PlaceOf(earlier.NumGc);
        return now.PauseEndNs[place] != earlier.PauseEndNs[place];
    }

    private static bool TryPause(GoMemStats stats, long number, out GoPause pause)
    {
        var place = GoMemStats.PlaceOf(number);
        var pauseMs = stats.PauseNs[place] / 1e6;
        pause = new GoPause(number, pauseMs, DateTimeOffset.UnixEpoch.AddTicks(stats.PauseEndNs[place] / 100));
        return pauseMs <= DdSketch.LargestValue;
    }
}

namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>How many samples stand behind figures of a Go heap profile, which come scaled up.</summary>
internal static class HeapSamples
{
    /// <param name="bytes">Scaled.</param>
    /// <param name="objects">Scaled; all of about one size.</param>
    /// <param name="period">Mean bytes between two samples; 1 or less: every allocation was counted.</param>
    public static long Behind(double bytes, double objects, double period)
    {
        if (objects <= 0 || bytes <= 0)
        {
            return bytes > 0 ? 1 : 0;
        }

        var share = period <= 1 ? 1 : 1 - Math.Exp(-bytes / objects / period);
        return Math.Max(1, (long)Math.Round(objects * share));
    }
}

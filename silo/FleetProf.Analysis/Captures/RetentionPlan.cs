namespace FleetProf.Analysis.Captures;

/// <summary>Decides which captures lose their files: by age, then by the share of their service, then by the whole, then for a volume that is short of space; always the oldest first.</summary>
public static class RetentionPlan
{
    /// <summary>What goes now, in the order in which it goes. What may not go counts, but stays: limits may then not be reached.</summary>
    /// <param name="captures">All that have files, in any order.</param>
    /// <param name="limits">What they may take.</param>
    /// <param name="now">Ages end here.</param>
    /// <param name="latest">What has just come in has done so by this time, which is no earlier: of a clock that is on trial, the clock itself.</param>
    public static IReadOnlyList<(KeptCapture Capture, RetentionCause Cause)> Decide(IEnumerable<KeptCapture> captures, RetentionLimits limits, DateTimeOffset now, DateTimeOffset latest)
    {
        var all = captures.OrderBy(capture => capture.ReceivedAt).ThenBy(capture => capture.CaptureId, StringComparer.Ordinal).ToList();
        var gone = new Dictionary<string, RetentionCause>(StringComparer.Ordinal);
        var open = all.Where(capture => capture.MayGo && latest - capture.ReceivedAt >= limits.KeepAtLeast).ToList();
        foreach (var old in open.Where(capture => now - capture.ReceivedAt > limits.KeepFor))
        {
            gone.Add(old.CaptureId, RetentionCause.Age);
        }

        foreach (var service in all.GroupBy(capture => capture.Service, StringComparer.Ordinal))
        {
            Shrink(open.Where(capture => capture.Service == service.Key), Left(service) - limits.ServiceBytes, RetentionCause.ServiceShare);
        }

        Shrink(open, Left(all) - limits.KeepBytes, RetentionCause.TotalSize);
        Shrink(open, limits.MissingBytes - all.Where(capture => gone.ContainsKey(capture.CaptureId)).Sum(capture => capture.Bytes), RetentionCause.LowDisk);
        return [.. all.Where(capture => gone.ContainsKey(capture.CaptureId)).Select(capture => (capture, gone[capture.CaptureId]))];

        long Left(IEnumerable<KeptCapture> some) => some.Where(capture => !gone.ContainsKey(capture.CaptureId)).Sum(capture => capture.Bytes);

        void Shrink(IEnumerable<KeptCapture> candidates, long excess, RetentionCause cause)
        {
            foreach (var capture in candidates)
            {
                if (excess <= 0)
                {
                    return;
                }

                if (gone.TryAdd(capture.CaptureId, cause))
                {
                    excess -= capture.Bytes;
                }
            }
        }
    }
}

namespace FleetProf.Analysis.Comparisons;

/// <summary>Which two versions are compared when the caller leaves it open.</summary>
public static class VersionChoice
{
    /// <summary>So long after it was announced an unseen version is awaited; later its deploy has failed, or went where no agent is.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>
    /// Candidate: as asked, else of the versions that run or are awaited the one that was deployed last, else the version that was started last; never what
    /// names no version. Baseline: as asked, else what the candidate replaced, else of what ran before it the version that most instances still run, then the
    /// one that was started last. Null when a version is not known, or when there is none to compare with.
    /// </summary>
    public static (string Baseline, string Candidate)? Choose(IReadOnlyList<KnownVersion> known, string? baseline, string? candidate)
    {
        var chosen = candidate is null ? Newest(known) : Find(known, candidate);
        if (chosen is null) return null;
        var before = baseline ?? Previous(known, chosen);
        return before is null || Find(known, before) is null ? null : (before, chosen.Version);
    }

    /// <summary>
    /// By deploys: a process of the older version that starts anew beside a canary makes nothing new of it, and a gate that asks before an agent has seen
    /// the new one must not be answered about the old one. A process that names no version, as one that a developer starts by hand, was deployed by nobody.
    /// </summary>
    private static KnownVersion? Newest(IReadOnlyList<KnownVersion> known)
    {
        var named = known.Where(version => version.Version.Length > 0).ToList();
        return named.Where(version => version.RunningCount > 0 || version.IsAwaited).MaxBy(version => (version.DeployedMs ?? version.FirstStartMs, version.FirstStartMs))
            ?? named.MaxBy(version => version.LatestStartMs);
    }

    private static string? Previous(IReadOnlyList<KnownVersion> known, KnownVersion candidate) =>
        candidate.PreviousVersion is { Length: > 0 } previous && previous != candidate.Version && Find(known, previous) is not null
            ? previous
            : known.Where(version => version.Version != candidate.Version && version.FirstStartMs <= candidate.FirstStartMs)
                .MaxBy(version => (version.RunningCount, version.LatestStartMs))?.Version;

    private static KnownVersion? Find(IReadOnlyList<KnownVersion> known, string version) => known.FirstOrDefault(other => other.Version == version);
}

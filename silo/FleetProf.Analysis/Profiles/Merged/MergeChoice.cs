namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>Which captures of a campaign are merged: only such as measure the same.</summary>
/// <param name="CaptureIds">Of those that are merged; empty when there is none.</param>
/// <param name="IsBiased">They are biased, as there is no other.</param>
/// <param name="IsLossy">All lost so many events that their values are too low, as there is no other.</param>
/// <param name="LeftOutAsLossy">Captures that are left out because they lost so many.</param>
public sealed record MergeChoice(IReadOnlySet<string> CaptureIds, bool IsBiased, bool IsLossy, int LeftOutAsLossy)
{
    /// <summary>Captures that are left out because they are biased and others are not.</summary>
    public int LeftOutAsBiased { get; init; }

    /// <summary>Captures that are left out because they are of another runtime than most.</summary>
    public int LeftOutAsOtherRuntime { get; init; }

    /// <summary>
    /// A service of merged captures has such as are left out as biased or of another runtime too: the merged ones stand for those as well, though another
    /// version or runtime is not missing at random, and how far it differs nobody knows.
    /// </summary>
    public bool IsMixed { get; init; }

    /// <summary>
    /// Those that lost few events, of them those of the runtime that most have, of them the unbiased: Go samples a hundred times a second,
    /// .NET ten times as often, and each sees other threads. Where all are lossy or biased, all are taken and the choice says so: a figure
    /// that is known to be too low is more than none.
    /// </summary>
    public static MergeChoice Of(IEnumerable<MergeableCapture> captures)
    {
        var all = captures.ToList();
        var whole = all.FindAll(capture => !capture.IsLossy);
        var sound = whole.Count > 0 ? whole : all;
        var runtime = sound.GroupBy(capture => capture.Runtime).MaxBy(group => group.Count())?.ToList() ?? [];
        var unbiased = runtime.FindAll(capture => !capture.IsBiased);
        var merged = unbiased.Count > 0 ? unbiased : runtime;
        return new MergeChoice(
            merged.Select(capture => capture.CaptureId).ToHashSet(StringComparer.Ordinal),
            merged.Count > 0 && merged[0].IsBiased,
            merged.Count > 0 && merged[0].IsLossy,
            all.Count - sound.Count)
        {
            LeftOutAsBiased = runtime.Count - merged.Count,
            LeftOutAsOtherRuntime = sound.Count - runtime.Count,
            IsMixed = sound.Except(merged).Select(capture => capture.Service).Intersect(merged.Select(capture => capture.Service)).Any(),
        };
    }
}

using System.Globalization;

namespace FleetProf.Analysis.Comparisons.Experiments;

/// <summary>What must have been seen before a prediction is judged. A process that just started is not like itself: judged at once, it would refute everything.</summary>
public static class ExperimentNeeds
{
    /// <summary>Of one instance, on each side.</summary>
    public const int LeastSeconds = 600;

    /// <summary>A sentence; null when there is enough.</summary>
    /// <param name="before">Windows before the change.</param>
    /// <param name="after">Windows of the instances that made it.</param>
    public static string? Missing(ComparedSide before, ComparedSide after)
    {
        var (seenBefore, seenAfter) = (Longest(before), Longest(after));
        return seenBefore < LeastSeconds
            ? string.Create(CultureInfo.InvariantCulture, $"UNDECIDED: of the time before the change {seenBefore:0} s of an instance are kept, {LeastSeconds} are needed.")
            : seenAfter < LeastSeconds
                ? string.Create(CultureInfo.InvariantCulture, $"UNDECIDED: since the change an instance was watched for {seenAfter:0} s, {LeastSeconds} are needed.")
                : null;
    }

    private static double Longest(ComparedSide side) =>
        side.Instances.Select(instance => instance.Windows.Sum(window => (double)window.ObservedMs) / 1000).DefaultIfEmpty(0).Max();
}

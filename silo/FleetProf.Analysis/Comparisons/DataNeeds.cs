using System.Globalization;

namespace FleetProf.Analysis.Comparisons;

/// <summary>What a side must have before anything is said about it.</summary>
public static class DataNeeds
{
    /// <summary>Ten-second windows of all instances together. Enough for large effects; small ones come out inconclusive.</summary>
    public const int LeastWindows = 4;

    public const int LeastGcs = 10;

    /// <summary>Below, what was not watched may have been different.</summary>
    public const double LeastObserved = 0.7;

    /// <summary>Whether waiting may help. Null when there is enough.</summary>
    public static string? Missing(ComparedSide side)
    {
        if (side.WindowCount < LeastWindows)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{side.Version} has {side.WindowCount} {(side.WindowCount == 1 ? "window" : "windows")}, {LeastWindows} are needed");
        }

        return side.GcCount < LeastGcs
            ? string.Create(CultureInfo.InvariantCulture, $"{side.Version} has {side.GcCount} {(side.GcCount == 1 ? "GC" : "GCs")} in {side.WindowCount} windows, {LeastGcs} are needed")
            : null;
    }

    /// <summary>Why nothing at all can be said of a side; null when something can.</summary>
    internal static string? Unusable(ComparedSide side)
    {
        if (side.WindowCount < LeastWindows)
        {
            return Missing(side);
        }

        return side.ObservedFraction < LeastObserved
            ? string.Create(CultureInfo.InvariantCulture, $"only {side.ObservedFraction * 100:0} % of the time of {side.Version} was watched, {LeastObserved * 100:0} % are needed")
            : null;
    }
}

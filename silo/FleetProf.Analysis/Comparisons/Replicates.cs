namespace FleetProf.Analysis.Comparisons;

/// <summary>A number on both sides with the bootstrap's deviations from it, from which 95 % intervals are read.</summary>
internal sealed class Replicates(double baseline, double candidate, double baselineWidening, double candidateWidening)
{
    private const double Tail = 0.025;

    /// <summary>A draw without any of it would have an infinite logarithm: so much less is as good as nothing.</summary>
    private const double Floor = 0.001;

    /// <summary>"A million times as much" is as far as anybody reads.</summary>
    private const double LargestEffect = 1e6;

    private readonly List<(double Baseline, double Candidate)> draws = [];

    public void Add(double? drawnBaseline, double? drawnCandidate)
    {
        if (drawnBaseline is { } left && drawnCandidate is { } right) draws.Add((left, right));
    }

    /// <summary>Of candidate over baseline minus one, both above zero. Taken in logarithms, where a doubling and a halving are equally far.</summary>
    public (double Low, double High) EffectInterval()
    {
        var point = Math.Log(candidate / baseline);
        var (low, high) = Interval(
            draws.Select(draw => point + candidateWidening * Log(draw.Candidate, candidate) - baselineWidening * Log(draw.Baseline, baseline)), point);
        return (Math.Exp(low) - 1, Math.Min(Math.Exp(high) - 1, LargestEffect));
    }

    /// <summary>Of candidate minus baseline.</summary>
    public (double Low, double High) DifferenceInterval()
    {
        var point = candidate - baseline;
        return Interval(draws.Select(draw => point + candidateWidening * (draw.Candidate - candidate) - baselineWidening * (draw.Baseline - baseline)), point);
    }

    private static double Log(double drawn, double observed) => Math.Log(Math.Max(drawn / observed, Floor));

    private static (double Low, double High) Interval(IEnumerable<double> values, double point)
    {
        var sorted = values.Order().ToList();
        if (sorted.Count == 0) return (point, point);
        return (Math.Min(point, At(sorted, Tail)), Math.Max(point, At(sorted, 1 - Tail)));
    }

    private static double At(List<double> sorted, double quantile)
    {
        var rank = quantile * (sorted.Count - 1);
        var below = (int)Math.Floor(rank);
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
    }
}

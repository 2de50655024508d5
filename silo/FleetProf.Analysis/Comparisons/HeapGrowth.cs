using System.Globalization;

namespace FleetProf.Analysis.Comparisons;

/// <summary>
/// The slope of the heap after gen2 per hour, by instance and robust: it finds a slow leak long before the level has moved.
/// A process that has just started also grows; so a growth that fades is no regression.
/// </summary>
internal static class HeapGrowth
{
    public const string Name = "heap growth";
    private const string Unit = "B/h";
    private const int LeastPoints = 6;
    private const int MostPoints = 30;
    private const double LeastHours = 5 / 60.0;
    private const double RelativeThreshold = 0.1;
    private const double AbsoluteThreshold = 10_000_000;
    private const double Fading = 0.5;

    public static MetricFinding Judge(ComparedSide baseline, ComparedSide candidate, int draws, Random random)
    {
        var (before, after) = (SeriesOf(baseline), SeriesOf(candidate));
        var finding = new MetricFinding
        {
            Name = Name,
            Unit = Unit,
            Baseline = SlopeOf(before),
            Candidate = SlopeOf(after),
            Threshold = RelativeThreshold,
            Outcome = ComparisonOutcome.Inconclusive,
            Reason = "",
        };
        var lack = Lack(before, baseline.Version) ?? Lack(after, candidate.Version);
        return lack is null ? Judge(finding, before, after, draws, random) : finding with { LacksData = true, Reason = lack };
    }

    private static MetricFinding Judge(MetricFinding finding, List<List<(double X, double Y)>> before, List<List<(double X, double Y)>> after, int draws, Random random)
    {
        var (left, right) = (new Resampling(before.Select(series => series.Count)), new Resampling(after.Select(series => series.Count)));
        var replicates = new Replicates(finding.Baseline!.Value, finding.Candidate!.Value, left.Widening, right.Widening);
        for (var i = 0; i < draws; i++) replicates.Add(Draw(before, left, random), Draw(after, right, random));
        var (low, high) = replicates.DifferenceInterval();
        var level = before.Average(series => series.Average(point => point.Y));
        var threshold = Math.Max(RelativeThreshold * level, AbsoluteThreshold);
        var outcome = MetricJudge.OutcomeOf(low, high, threshold);
        var text = $"It went from {ComparisonWords.FromTo(finding.Baseline.Value, finding.Candidate.Value, Unit)}, a change of {ComparisonWords.Value(low, Unit)} to {ComparisonWords.Value(high, Unit)} "
            + $"(95 % interval); the threshold is {ComparisonWords.Value(threshold, Unit)}.";
        var isFading = outcome == ComparisonOutcome.Regressed && LateSlopeOf(after) < Fading * finding.Candidate;
        // That a slope is not known well enough is the usual case: it must not keep a comparison from passing.
        if (outcome == ComparisonOutcome.Inconclusive) return finding with { LacksData = true, Reason = text + " A longer time narrows the interval." };
        // What stands still is no leak, however much the baseline's heap shrank while it was watched.
        if (outcome == ComparisonOutcome.Regressed && finding.Candidate <= threshold)
        {
            return finding with { Outcome = ComparisonOutcome.Pass, Reason = text + " The candidate itself does not grow by more than that." };
        }

        return isFading
            ? finding with { Outcome = ComparisonOutcome.Inconclusive, LacksData = true, Reason = text + " The growth fades, as after a start: only a longer time tells." }
            : finding with { Outcome = outcome, Reason = text };
    }

    private static double? Draw(List<List<(double X, double Y)>> series, Resampling resampling, Random random)
    {
        if (resampling.IsByInstance) return SlopeOf([.. series.Select(_ => series[resampling.PickInstance(random)])]);
        var picks = new List<int>();
        var drawn = new List<List<(double X, double Y)>>();
        for (var i = 0; i < series.Count; i++)
        {
            resampling.PickUnits(i, random, picks);
            drawn.Add([.. picks.Select(pick => series[i][pick])]);
        }

        return SlopeOf(drawn);
    }

    private static double? SlopeOf(List<List<(double X, double Y)>> series)
    {
        var slopes = series.Select(TheilSen.Slope).OfType<double>().ToList();
        return slopes.Count == 0 ? null : TheilSen.Median(slopes);
    }

    private static double LateSlopeOf(List<List<(double X, double Y)>> series) =>
        SlopeOf([.. series.Select(points => points.Skip(points.Count / 2).ToList())]) ?? 0;

    private static string? Lack(List<List<(double X, double Y)>> series, string version)
    {
        if (series.Count == 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"No instance of {version} has {LeastPoints} windows with a gen2 GC over {LeastHours * 60:0} minutes: too short to tell growth from noise.");
        }

        return double.IsInfinity(new Resampling(series.Select(points => points.Count)).Widening) ? $"{version} has too few gen2 GCs." : null;
    }

    // Hours and bytes of the windows with a gen2 GC, neighbours averaged where there are many; instances that tell enough.
    private static List<List<(double X, double Y)>> SeriesOf(ComparedSide side) =>
    [
        .. side.Instances
            .Select(instance => instance.Windows.Where(window => window.HeapAfterGen2Bytes is not null)
                .Select(window => (X: window.StartMs / 3_600_000.0, Y: (double)window.HeapAfterGen2Bytes!.Value)).ToList())
            .Where(points => points.Count >= LeastPoints && points[^1].X - points[0].X >= LeastHours)
            .Select(points => points.Chunk((points.Count + MostPoints - 1) / MostPoints)
                .Select(chunk => (chunk.Average(point => point.X), chunk.Average(point => point.Y))).ToList()),
    ];
}

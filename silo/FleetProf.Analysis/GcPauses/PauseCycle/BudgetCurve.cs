namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>
/// What several budgets, seen under equal load, say about one between or beside them: between neighbours on a straight line in logarithms, beyond the
/// last one on with the exponent of all of them. Source of the model: T = budget / rate; pause = fixed part + price of survivors.
/// </summary>
internal sealed class BudgetCurve
{
    /// <summary>Settings whose budgets come out closer than this count as one.</summary>
    public const double LeastRatio = 1.2;

    private readonly List<SeriesFit> fits;
    private readonly PauseLine line;
    private readonly double survivalExponent;

    public BudgetCurve(IEnumerable<SeriesFit> series)
    {
        fits = [.. series.OrderBy(fit => fit.Budget)];
        line = PauseLine.Through(fits);
        var (first, last) = (fits[0], fits[^1]);
        survivalExponent = last.Budget > first.Budget * LeastRatio && first.PromotedP50 > 0 && last.PromotedP50 > 0
            ? Math.Clamp(Math.Log(last.PromotedP50 / first.PromotedP50) / Math.Log(last.Budget / first.Budget), 0, 1)
            : 0;
        var (wall, mutator) = (Ratio(fit => fit.WallRate), Ratio(fit => fit.MutatorRate));
        IsPacedByWork = wall <= mutator;
        RateRatio = Math.Min(wall, mutator);
    }

    public double LeastBudget => fits[0].Budget;

    public double LargestBudget => fits[^1].Budget;

    /// <summary>Whether there are two budgets to compare at all.</summary>
    public bool HasSpan => LargestBudget > LeastBudget * LeastRatio;

    /// <summary>Work comes at its own pace (rate per time on the clock is constant), rather than the program working as fast as it can.</summary>
    public bool IsPacedByWork { get; }

    /// <summary>Largest over least allocation rate of the settings; 1: the load was the same.</summary>
    public double RateRatio { get; }

    public double IntervalMs(double budget) => IsPacedByWork
        ? budget / Between(budget, fit => fit.WallRate, 0)
        : budget / Between(budget, fit => fit.MutatorRate, 0) + PauseP50Ms(budget);

    public double PauseP50Ms(double budget) => line.At(Between(budget, fit => fit.PromotedP50, survivalExponent));

    private double Ratio(Func<SeriesFit, double> rate) => fits.Max(rate) / fits.Min(rate);

    private double Between(double budget, Func<SeriesFit, double> value, double exponentBeyond)
    {
        var above = fits.FindIndex(fit => fit.Budget >= budget);
        if (above <= 0)
        {
            var edge = above == 0 ? fits[0] : fits[^1];
            return value(edge) * Math.Pow(budget / edge.Budget, exponentBeyond);
        }

        var (low, high) = (fits[above - 1], fits[above]);
        var part = Math.Log(budget / low.Budget) / Math.Log(high.Budget / low.Budget);
        var (from, to) = (value(low), value(high));
        return from > 0 && to > 0 && double.IsFinite(part) ? from * Math.Pow(to / from, part) : to;
    }
}

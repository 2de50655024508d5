namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>
/// What was seen, by the budget that came out. Settings whose budgets came out alike are one: two of them are no evidence of how anything changes with
/// the budget, and leaving one of them out would be no test, since its twin stays.
/// </summary>
/// <param name="Series">The least budget first.</param>
/// <param name="Present">Under the setting as it is now.</param>
/// <param name="Curve">Through all of them.</param>
internal sealed record SeenBudgets(IReadOnlyList<CycleSeries> Series, CycleSeries Present, BudgetCurve Curve)
{
    /// <param name="usable">At least one; the last one is the present setting.</param>
    public static SeenBudgets Of(IReadOnlyList<CycleSeries> usable)
    {
        List<CycleSeries> merged = [];
        var least = 0.0;
        foreach (var (one, budget) in usable.Select(one => (one, SeriesFit.Of(one.Setting, one.Cycles).Budget)).OrderBy(pair => pair.Budget))
        {
            if (merged.Count > 0 && budget <= least * BudgetCurve.LeastRatio)
            {
                merged[^1] = merged[^1] with { Cycles = [.. merged[^1].Cycles, .. one.Cycles] };
                continue;
            }

            merged.Add(one);
            least = budget;
        }

        return new SeenBudgets(merged, usable[^1], new BudgetCurve(merged.Select(one => SeriesFit.Of(one.Setting, one.Cycles))));
    }
}

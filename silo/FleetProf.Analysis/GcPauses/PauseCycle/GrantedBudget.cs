using System.Globalization;

namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>
/// What comes out when a gen0 budget is set. The runtime takes the number as the least budget; the largest is its own: for concurrent workstation GC
/// 6 MiB, or the number where that is more. In between it follows what survives, so that 2 and 4 MiB often both come out as 6 MiB.
/// Without concurrent GC, and for each heap of server GC, its own largest is hundreds of megabytes, and only what was seen counts. So it does where the
/// largest is set too (GCGen0MaxBudget): the runtime takes that as it is, and lowers the least to it.
/// </summary>
internal static class GrantedBudget
{
    /// <summary>From here on a set budget is what comes out (concurrent workstation GC).</summary>
    public const long OwnLargestBytes = 6L << 20;

    /// <summary>A budget that comes out this much above the number was not taken from it.</summary>
    private const double Raised = 1.25;

    /// <summary>Of a limited heap the runtime gives no more than this part to gen0.</summary>
    private const int PartOfLimit = 4;

    /// <summary>How far below a number that came out raised a smaller one may be taken to come out alike.</summary>
    private const int ReachBelow = 4;

    /// <summary>The budget as it would come out, or why that cannot be told.</summary>
    /// <param name="setting">With the budget that is asked about.</param>
    /// <param name="fits">What was seen under settings that differ in the budget only.</param>
    public static (double Bytes, Prediction? Withheld) Of(CycleSetting setting, IReadOnlyList<SeriesFit> fits)
    {
        if (setting.Gen0BudgetBytes is not ({ } wanted and > 0))
        {
            var chosen = fits.LastOrDefault(fit => fit.Setting.Gen0BudgetBytes is null or 0);
            return chosen is not null ? (chosen.Budget, null) : (0, Withhold("what the runtime chooses where no gen0 budget is set was not seen"));
        }

        var set = fits.Where(fit => fit.Setting.Gen0BudgetBytes > 0).OrderBy(fit => fit.Setting.Gen0BudgetBytes).ToList();
        if (set.Find(fit => fit.Setting.Gen0BudgetBytes == wanted) is { } same) return (same.Budget, null);
        if (setting.IsServer || !setting.IsConcurrent || setting.LargestGen0BudgetBytes > 0) return BetweenSeen(wanted, set);
        if (setting.LimitBytes > 0 && wanted > setting.LimitBytes / PartOfLimit)
        {
            return (0, Withhold(Text($"of a heap limited to {setting.LimitBytes / 1e6:0} MB the runtime gives no more than a quarter to gen0, and {wanted / 1e6:0.0} MB are more")));
        }

        // Large objects count in what is allocated: what comes out can be more than what is set by a constant part.
        var scales = set.Where(fit => fit.Setting.Gen0BudgetBytes >= OwnLargestBytes).Select(ScaleOf).Order().ToList();
        var scale = scales.Count == 0 ? 1 : scales[scales.Count / 2];
        return wanted >= OwnLargestBytes ? (wanted * scale, null) : BelowOwnLargest(wanted, scale, set);
    }

    private static (double, Prediction?) BelowOwnLargest(long wanted, double scale, List<SeriesFit> set)
    {
        bool IsRaised(SeriesFit fit) => fit.Setting.Gen0BudgetBytes < OwnLargestBytes && ScaleOf(fit) > Raised * scale;
        var above = set.Find(fit => fit.Setting.Gen0BudgetBytes > wanted && IsRaised(fit));
        if (above is not null && wanted >= above.Setting.Gen0BudgetBytes / ReachBelow) return (above.Budget, null);
        var below = set.FindLast(fit => fit.Setting.Gen0BudgetBytes < wanted);
        if (below is not null) return (IsRaised(below) ? Math.Max(below.Budget, wanted * scale) : wanted * scale, null);
        return (0, Withhold(Text($"of a set gen0 budget below {OwnLargestBytes / 1e6:0.0} MB the runtime makes what it sees fit, and what it makes of {wanted / 1e6:0.0} MB was not seen")));
    }

    private static (double, Prediction?) BetweenSeen(long wanted, List<SeriesFit> set)
    {
        var above = set.FindIndex(fit => fit.Setting.Gen0BudgetBytes > wanted);
        if (above <= 0)
        {
            return (0, Withhold(Text($"with server GC, without concurrent GC or with a set largest one a set budget is the least one only, and what comes out of {wanted / 1e6:0.0} MB was not seen")));
        }

        var (low, high) = (set[above - 1], set[above]);
        var part = Math.Log((double)wanted / low.Setting.Gen0BudgetBytes!.Value) / Math.Log((double)high.Setting.Gen0BudgetBytes!.Value / low.Setting.Gen0BudgetBytes.Value);
        return (low.Budget * Math.Pow(high.Budget / low.Budget, part), null);
    }

    private static double ScaleOf(SeriesFit fit) => fit.Budget / fit.Setting.Gen0BudgetBytes!.Value;

    private static Prediction Withhold(string because) => Prediction.NotPredicted(WithheldReason.BudgetNotGranted, because);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

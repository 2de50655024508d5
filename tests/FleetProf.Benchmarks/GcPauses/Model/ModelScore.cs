using System.Globalization;
using FleetProf.Analysis.GcPauses.PauseCycle;

namespace FleetProf.Benchmarks.GcPauses.Model;

/// <summary>Predictions beside what was seen afterwards.</summary>
internal sealed class ModelScore
{
    private readonly Metric interval = new();
    private readonly Metric pause = new();

    /// <summary>Both in words.</summary>
    public string Add(CycleSeries seen, CyclePrediction predicted)
    {
        var pauses = seen.Cycles.Select(cycle => cycle.PauseMs).Order().ToList();
        return $"interval {interval.Add(seen.Cycles.Average(cycle => cycle.IntervalMs), predicted.IntervalMs)}; pause p50 {pause.Add(pauses[pauses.Count / 2], predicted.PauseP50Ms)}";
    }

    public void Print(string title)
    {
        interval.Print($"{title}: GC interval", CycleBacktest.LargestIntervalMape);
        pause.Print($"{title}: pause p50", CycleBacktest.LargestPauseError);
    }

    private sealed class Metric
    {
        private readonly List<double> errors = [];
        private readonly Dictionary<WithheldReason, int> withheld = [];
        private int inside;

        public string Add(double seen, Prediction predicted)
        {
            if (predicted is not { Value: { } value, Low: { } low, High: { } high })
            {
                withheld[predicted.Withheld!.Value] = withheld.GetValueOrDefault(predicted.Withheld.Value) + 1;
                return string.Create(CultureInfo.InvariantCulture, $"{seen:0.00} ms, not predicted ({predicted.Withheld}: {predicted.Because})");
            }

            errors.Add(Math.Abs(value - seen) / seen);
            if (seen >= low && seen <= high) inside++;
            return string.Create(CultureInfo.InvariantCulture, $"{seen:0.00} ms, predicted {value:0.00} ({low:0.00} to {high:0.00}), error {errors[^1] * 100:0} %");
        }

        public void Print(string title, double aim)
        {
            var reasons = string.Join(", ", withheld.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}"));
            var figures = errors.Count == 0 ? "none predicted" : string.Create(
                CultureInfo.InvariantCulture,
                $"mean error {errors.Average() * 100:0.0} %, largest {errors.Max() * 100:0} %, {errors.Count(error => error <= aim)} of {errors.Count} within {aim * 100:0} %, {inside} inside their 90 % interval");
            Truth.Print.Line($"{title}: {figures}; withheld {withheld.Values.Sum()}{(reasons.Length > 0 ? $" ({reasons})" : "")}");
        }
    }
}

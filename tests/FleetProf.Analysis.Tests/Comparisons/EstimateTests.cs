using CsCheck;
using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Tests.Comparisons;

/// <summary>The numbers of a comparison against the shortest code that computes them.</summary>
public sealed class EstimateTests
{
    [Fact]
    public void Estimates_OfRandomWindows_EqualTheNaiveOnes()
    {
        var windows = Gen.Select(Gen.Double[0.01, 900].Array[1, 30], Gen.Int[0, 50_000_000], Gen.Int[1, 90_000_000]).Array[4, 12];
        Gen.Select(windows.Array[1, 4], windows.Array[1, 4]).Sample((left, right) =>
        {
            var metrics = ComparisonJudge.Judge(SideOf("old", left), SideOf("new", right), 1).Metrics.ToDictionary(metric => metric.Name);
            AssertSide(left, name => metrics[name].Baseline!.Value);
            AssertSide(right, name => metrics[name].Candidate!.Value);
            foreach (var metric in metrics.Values.Where(metric => metric.EffectLow is not null))
            {
                // An end of the interval may be the effect itself, by way of its logarithm.
                var rounding = 1e-9 * (1 + Math.Abs(metric.Effect!.Value));
                Assert.InRange(metric.Effect.Value, metric.EffectLow!.Value - rounding, metric.EffectHigh!.Value + rounding);
                Assert.Equal(metric.Candidate!.Value / metric.Baseline!.Value - 1, metric.Effect.Value, 12);
            }
        }, iter: 40);
    }

    [Fact]
    public void TheilSen_OfRandomPoints_IsTheMedianOfAllSlopes()
    {
        Gen.Select(Gen.Double[-100, 100], Gen.Double[-100, 100]).Array[2, 25].Sample(points =>
        {
            var slopes = (from i in Enumerable.Range(0, points.Length) from j in Enumerable.Range(i + 1, points.Length - i - 1) where points[i].Item1 != points[j].Item1
                          select (points[j].Item2 - points[i].Item2) / (points[j].Item1 - points[i].Item1)).Order().ToArray();
            if (slopes.Length == 0)
            {
                Assert.Null(TheilSen.Slope(points));
                return;
            }

            var expected = slopes.Length % 2 == 1 ? slopes[slopes.Length / 2] : (slopes[(slopes.Length / 2) - 1] + slopes[slopes.Length / 2]) / 2;
            Assert.Equal(expected, TheilSen.Slope(points)!.Value, 9);
        });
        Assert.Null(TheilSen.Slope([(1, 1), (1, 2)]));
    }

    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(5, 2.571)]
    [InlineData(10, 2.228)]
    [InlineData(100, 1.984)]
    public void StudentT_EqualsTheTable(int freedom, double expected) => Assert.Equal(expected, StudentT.Quantile975(freedom), expected * 0.01);

    private static void AssertSide((double[] Pauses, int Allocated, int Heap)[][] instances, Func<string, double> value)
    {
        var all = instances.SelectMany(windows => windows).ToList();
        var pauses = all.SelectMany(window => window.Pauses).Order().ToArray();
        foreach (var (name, quantile) in new[] { ("pause p50", 0.5), ("pause p95", 0.95), ("pause p99", 0.99) })
        {
            var expected = pauses[(int)Math.Floor(quantile * (pauses.Length - 1))];
            Assert.Equal(expected, value(name), expected * 0.021);
        }

        Assert.Equal(pauses.Sum() / (all.Count * 10_000.0) * 100, value("time in GC"), 6);
        Assert.Equal(all.Sum(window => (double)window.Allocated) / (all.Count * 10.0), value("allocation rate"), 3);
        Assert.Equal(instances.Average(windows => windows.Average(window => (double)window.Heap)), value("heap after gen2"), 3);
    }

    private static ComparedSide SideOf(string version, (double[] Pauses, int Allocated, int Heap)[][] instances) => new(version, [.. instances.Select((windows, i) => new ComparedInstance(
        $"{version}{i}",
        0,
        [.. windows.Select((window, index) => new PauseWindow
        {
            InstanceId = $"{version}{i}",
            StartMs = 600_000 + index * PauseWindow.LengthMs,
            WindowMs = 10_000,
            ObservedMs = 10_000,
            Gen0Count = window.Pauses.Length,
            PauseMs = window.Pauses.Sum(),
            AllocatedBytes = window.Allocated,
            HeapAfterGen2Bytes = window.Heap,
            Sketches = SimulatedSides.SketchOf(window.Pauses),
        })]))]);
}

using CsCheck;
using FleetProf.Analysis.Campaigns;
using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.Profiles.Merged;

namespace FleetProf.Analysis.Tests.Profiles.Merged;

public sealed class FleetEstimateTests
{
    private static readonly Gen<double[]> Populations = Gen.Double[0, 1_000].Array[2, 8];

    [Fact]
    public void Total_OverAllPossibleDraws_IsTheTruthOnAverage() =>
        Gen.Select(Populations, Gen.Int[1, 8]).Sample((truth, size) =>
        {
            var estimates = Draws(truth.Length, Math.Min(size, truth.Length)).Select(draw => Estimate(truth, draw).Value);
            Assert.Equal(truth.Sum(), estimates.Average(), 1e-6 * (1 + truth.Sum()));
        });

    // The half width is t times the root of the variance: undone, its mean over all draws must be the variance of the totals.
    [Fact]
    public void Variance_OverAllPossibleDraws_IsTheSpreadOfTheTotalsOnAverage() =>
        Gen.Select(Populations, Gen.Int[2, 7]).Sample((truth, size) =>
        {
            var captures = Math.Min(size, truth.Length - 1);
            if (captures < 2)
            {
                return;
            }

            var totals = Draws(truth.Length, captures).Select(draw => Estimate(truth, draw)).ToList();
            var actual = totals.Average(total => Math.Pow(total.Value - truth.Sum(), 2));
            var stated = totals.Average(total => Math.Pow(total.HalfWidth!.Value / T(captures - 1), 2));
            Assert.Equal(actual, stated, 1e-6 * (1 + actual));
        });

    [Fact]
    public void Total_OfAllInstances_IsExact() => Populations.Sample(truth =>
    {
        var total = Estimate(truth, [.. Enumerable.Range(0, truth.Length)]);
        Assert.Equal(truth.Sum(), total.Value, 1e-6 * (1 + truth.Sum()));
        Assert.Equal(0, total.HalfWidth!.Value, 1e-9);
        Assert.Equal(0, total.MoreCaptures);
    });

    [Fact]
    public void Total_WithFailedCaptures_LetsTheOthersStandForThem()
    {
        // Four of twenty were drawn, two failed.
        var sample = new FleetSample([new("web", 0.2), new("web", 0.2)], new Dictionary<string, int> { ["web"] = 4 });

        Assert.Equal((20, 10.0), (sample.Population, sample.Weights[0]));
        Assert.Equal(300, FleetEstimate.Of(sample, [10, 20], [0, 0]).Value);
    }

    [Fact]
    public void Interval_OfOneCaptureOfMany_IsUnknown()
    {
        var total = FleetEstimate.Of(new FleetSample([new("web", 0.25), new("worker", 1)]), [10, 5], [0, 0]);

        Assert.Equal(45, total.Value);
        Assert.Null(total.HalfWidth);
        Assert.Null(total.MoreCaptures);
    }

    [Fact]
    public void Interval_OfShortRecordings_KeepsTheirOwnNoiseEvenWhenAllWereCaptured()
    {
        // Each value has a standard deviation of 30 % of its own.
        var total = FleetEstimate.Of(new FleetSample([new("web", 1), new("web", 1)]), [100, 100], [900, 900]);

        Assert.Equal(1.96 * Math.Sqrt(1800), total.HalfWidth!.Value, 0.1);
        Assert.Null(total.MoreCaptures);
    }

    [Fact]
    public void MoreCaptures_WhenTaken_AreEnoughAndOneLessIsNot() => Gen.Select(Gen.Double[10, 500].Array[3, 12], Gen.Int[20, 400]).Sample((values, population) =>
    {
        var more = Estimated(values, population, values.Length).MoreCaptures;

        Assert.NotNull(more);
        Assert.True(Planned(more.Value) <= FleetEstimate.Wanted + 1e-9);
        Assert.True(more == 0 || Planned(more.Value - 1) > FleetEstimate.Wanted);

        // The same spread, seen in more captures.
        double Planned(int extra)
        {
            var captures = values.Length + extra;
            var spread = Variance(values);
            var between = captures >= population ? 0 : (double)population * (population - captures) * spread / captures;
            return T(captures - 1) * Math.Sqrt(between) / (population * values.Average());
        }
    });

    /// <summary>The stated interval against the truth, with the draw of real campaigns: two services, versions of different size and weight.</summary>
    [Fact]
    public void Interval_OverManyDraws_HoldsTheTruthAsOftenAsItSays()
    {
        var random = new Random(7);
        var population = Enumerable.Range(0, 120).Select(i => new DrawCandidate($"i{i}", i % 3 == 0 ? "web" : "worker", i % 5 == 0 ? "2" : "1")).ToList();
        var values = population.ToDictionary(candidate => candidate.InstanceId, _ => 100 + (random.NextDouble() * 200));
        var held = 0;
        const int Trials = 2_000;
        for (var seed = 0; seed < Trials; seed++)
        {
            var drawn = Draw.Of(population, new SampleRule(12, null), seed);
            var sample = new FleetSample([.. drawn.Select(instance => new DrawnCapture(instance.Service, instance.InclusionProbability))]);
            var total = FleetEstimate.Of(sample, [.. drawn.Select(instance => values[instance.InstanceId])], new double[drawn.Count]);
            held += Math.Abs(total.Value - values.Values.Sum()) <= total.HalfWidth ? 1 : 0;
        }

        Assert.InRange((double)held / Trials, 0.93, 0.98);
    }

    private static FleetTotal Estimate(double[] truth, int[] draw) => Estimated([.. draw.Select(member => truth[member])], truth.Length, draw.Length);

    private static FleetTotal Estimated(double[] values, int population, int drawn) =>
        FleetEstimate.Of(new FleetSample([.. values.Select(_ => new DrawnCapture("web", (double)drawn / population))]), values, new double[values.Length]);

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }

    private static double T(int freedom) => StudentT.Quantile975(freedom);

    private static IEnumerable<int[]> Draws(int population, int size)
    {
        for (var mask = 0; mask < 1 << population; mask++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)mask) == size)
            {
                yield return [.. Enumerable.Range(0, population).Where(member => (mask & (1 << member)) != 0)];
            }
        }
    }
}

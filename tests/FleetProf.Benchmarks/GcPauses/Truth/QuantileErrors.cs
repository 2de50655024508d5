using FleetProf.Measures.GcPauses;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>Quantiles of a million values, sketched in parts that are merged in an order drawn by lot, against the exact ones.</summary>
internal sealed class QuantileErrors(int seed)
{
    private const int Values = 1_000_000;
    private const int Orders = 5;

    public void Run()
    {
        var random = new Random(seed);
        foreach (var (name, draw) in Distributions(random))
        {
            var values = Enumerable.Range(0, Values).Select(_ => draw()).ToArray();
            var sorted = values.Order().ToArray();
            var worst = 0.0;
            byte[]? first = null;
            var isSame = true;
            for (var order = 0; order < Orders; order++)
            {
                random.Shuffle(values);
                var merged = MergeInAnyOrder(values, random);
                worst = Math.Max(worst, WorstError(merged, sorted));
                var bytes = merged.ToBytes();
                isSame &= (first ??= bytes).AsSpan().SequenceEqual(bytes);
            }

            Print.Line($"(c) {name}: largest relative error of 1,001 quantiles of {Values:N0} values in {Orders} merge orders {worst * 100:0.0000} %, bytes of all orders {(isSame ? "the same" : "DIFFERENT")}");
        }
    }

    private static IEnumerable<(string Name, Func<double> Draw)> Distributions(Random random)
    {
        yield return ("log-normal pauses", () => Math.Exp(Normal(random) * 1.2));
        yield return ("heavy tail (Pareto 1.1)", () => Math.Min(1e6, Math.Pow(1 - random.NextDouble(), -1 / 1.1)));
        yield return ("two humps (0.3 and 40 ms)", () => random.Next(10) == 0 ? 40 * Math.Exp(Normal(random) * 0.1) : 0.3 * Math.Exp(Normal(random) * 0.1));
        yield return ("uniform from a microsecond to a second", () => 0.001 + random.NextDouble() * 1000);
    }

    private static DdSketch MergeInAnyOrder(double[] values, Random random)
    {
        var parts = new List<DdSketch>();
        for (var next = 0; next < values.Length;)
        {
            var length = Math.Min(values.Length - next, random.Next(1, 5_000));
            var part = new DdSketch();
            foreach (var value in values.AsSpan(next, length)) part.Add(value);
            parts.Add(DdSketch.FromBytes(part.ToBytes()));
            next += length;
        }

        while (parts.Count > 1)
        {
            var (into, from) = (random.Next(parts.Count - 1), parts.Count - 1);
            parts[into].Merge(parts[from]);
            parts.RemoveAt(from);
        }

        return parts[0];
    }

    private static double WorstError(DdSketch sketch, double[] sorted) => Enumerable.Range(0, 1001).Max(i =>
    {
        var exact = sorted[(int)Math.Floor(i / 1000.0 * (sorted.Length - 1))];
        return Math.Abs(sketch.Quantile(i / 1000.0) - exact) / exact;
    });

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

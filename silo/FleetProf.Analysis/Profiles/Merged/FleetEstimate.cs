using FleetProf.Analysis.Comparisons;

namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>
/// Horvitz-Thompson totals over a stratified draw, with the variance of sampling without replacement in two stages: instances, and the
/// samples within each recording. Source: Cochran, Sampling Techniques, sections 5.6 and 10.3; degrees of freedom after Satterthwaite.
/// </summary>
public static class FleetEstimate
{
    /// <summary>The relative half width that more captures are to reach.</summary>
    public const double Wanted = 0.10;

    private const int MostMoreCaptures = 10_000;

    /// <summary>Per capture one value and the variance of that value within its own recording (0 for exact values). Both lists are in the order of the sample's captures.</summary>
    public static FleetTotal Of(FleetSample sample, ReadOnlySpan<double> values, ReadOnlySpan<double> ownVariances)
    {
        var total = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            total += sample.Weights[i] * values[i];
        }

        var parts = new Part[sample.Strata.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Part.Of(sample.Strata[i], values, ownVariances);
        }

        if (parts.Any(part => part.IsSpreadUnknown))
        {
            return new FleetTotal(total, null, null);
        }

        var half = HalfWidth(parts);
        return new FleetTotal(total, half, MoreCaptures(parts, Wanted * Math.Abs(total)));
    }

    private static double HalfWidth(Part[] parts)
    {
        var (variance, squares) = (0.0, 0.0);
        var own = 0.0;
        foreach (var part in parts)
        {
            variance += part.Between;
            own += part.Own;
            squares += part.Captures > 1 ? part.Between * part.Between / (part.Captures - 1) : 0;
        }

        var freedom = squares > 0 ? (int)Math.Clamp((variance * variance / squares) + 1e-6, 1, 1_000_000) : 1_000_000;
        return StudentT.Quantile975(freedom) * Math.Sqrt(variance + own);
    }

    // One more capture at a time, where it takes away most of the variance.
    private static int? MoreCaptures(Part[] parts, double wanted)
    {
        var planned = (Part[])parts.Clone();
        for (var more = 0; more <= MostMoreCaptures; more++)
        {
            if (HalfWidth(planned) <= wanted)
            {
                return more;
            }

            var best = -1;
            var mostGained = 0.0;
            for (var i = 0; i < planned.Length; i++)
            {
                var gained = planned[i].Between - planned[i].WithOneMore().Between;
                if (gained > mostGained)
                {
                    (best, mostGained) = (i, gained);
                }
            }

            if (best < 0)
            {
                return null;
            }

            planned[best] = planned[best].WithOneMore();
        }

        return null;
    }

    /// <summary>A stratum's part in the variance of the total.</summary>
    private readonly record struct Part(int Population, int Captures, double Spread, double Own)
    {
        /// <summary>By which instances were drawn: N(N - m)s²/m.</summary>
        public double Between => Captures >= Population ? 0 : (double)Population * (Population - Captures) * Spread / Captures;

        public bool IsSpreadUnknown => Captures == 1 && Population > 1;

        public Part WithOneMore() => Captures >= Population ? this : this with { Captures = Captures + 1 };

        public static Part Of(FleetSample.Stratum stratum, ReadOnlySpan<double> values, ReadOnlySpan<double> ownVariances)
        {
            var (members, population) = stratum;
            var (mean, own, spread) = (0.0, 0.0, 0.0);
            foreach (var member in members)
            {
                mean += values[member] / members.Length;
                own += ownVariances[member];
            }

            foreach (var member in members)
            {
                spread += (values[member] - mean) * (values[member] - mean);
            }

            return new Part(population, members.Length, members.Length > 1 ? spread / (members.Length - 1) : 0, own * population / members.Length);
        }
    }
}

namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>
/// The captures of a campaign that came to an end, and what each of them stands for. Within a service every instance had the same
/// chance p = n/N; when only m of the n drawn ones could be captured, the others are taken for missing at random and each stands for N/m.
/// </summary>
public sealed class FleetSample
{
    private readonly Stratum[] _strata;

    /// <param name="captures">Those that have a result, in the order in which values are given later.</param>
    /// <param name="drawnByStratum">How many were drawn in each stratum; a stratum that is not named had no failures.</param>
    /// <exception cref="ArgumentOutOfRangeException">A probability is not in (0, 1].</exception>
    public FleetSample(IReadOnlyList<DrawnCapture> captures, IReadOnlyDictionary<string, int>? drawnByStratum = null)
    {
        Captures = captures;
        Weights = new double[captures.Count];
        var strata = new List<Stratum>();
        foreach (var group in captures.Select((capture, index) => (capture, index)).GroupBy(member => member.capture.Stratum, StringComparer.Ordinal))
        {
            var members = group.Select(member => member.index).ToArray();
            var chance = group.First().capture.InclusionProbability;
            if (!(chance > 0) || chance > 1)
            {
                throw new ArgumentOutOfRangeException(nameof(captures), chance, "An inclusion probability lies above 0 and is 1 at most.");
            }

            var drawn = Math.Max(members.Length, drawnByStratum?.GetValueOrDefault(group.Key) ?? 0);
            // n = pN with whole n and N: rounding takes back what the division lost.
            var population = Math.Max(members.Length, (int)Math.Round(drawn / chance));
            strata.Add(new Stratum(members, population));
            foreach (var member in members)
            {
                Weights[member] = (double)population / members.Length;
            }
        }

        _strata = [.. strata];
    }

    public IReadOnlyList<DrawnCapture> Captures { get; }

    /// <summary>How many instances each capture stands for, by capture.</summary>
    public double[] Weights { get; }

    /// <summary>Instances in the services that have a capture.</summary>
    public int Population => _strata.Sum(stratum => stratum.Population);

    internal IReadOnlyList<Stratum> Strata => _strata;

    internal readonly record struct Stratum(int[] Members, int Population);
}

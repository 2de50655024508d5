using System.Runtime.InteropServices;

namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>
/// The names with the greatest sums of weights, in memory that does not grow with the number of names. Exact as long as all fit; beyond, every name
/// with more than 1/kept of all weight is found. Source: Misra and Gries, Finding repeated elements, in batches as by Agarwal and others, Mergeable summaries.
/// </summary>
/// <param name="kept">Names that are kept when there are twice as many.</param>
/// <param name="mostCharacters">Of all names; where they are so long that half of this holds fewer than kept, the guarantee is for so many.</param>
internal sealed class HeavyNames(int kept = HeavyNames.DefaultKept, long mostCharacters = HeavyNames.DefaultCharacters)
{
    public const int DefaultKept = 20_000;

    public const long DefaultCharacters = 16_000_000;

    private readonly Dictionary<string, double> _sums = new(StringComparer.Ordinal);
    private long _characters;

    /// <summary>By how much a sum may be too small; zero as long as all names fit.</summary>
    public double Missed { get; private set; }

    public void Add(string name, double weight)
    {
        if (!(weight > 0))
        {
            return;
        }

        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, name, out var isKnown);
        sum += weight;
        if (isKnown)
        {
            return;
        }

        _characters += name.Length;
        if (_sums.Count > 2 * kept || _characters > mostCharacters)
        {
            Shrink();
        }
    }

    /// <summary>At most so many.</summary>
    public IReadOnlySet<string> Heaviest(int most) =>
        _sums.OrderByDescending(name => name.Value).ThenBy(name => name.Key, StringComparer.Ordinal).Take(most).Select(name => name.Key).ToHashSet(StringComparer.Ordinal);

    // All lose what the heaviest of those that go has. Just to drop the light ones would wrong a name that comes, goes and comes again; this
    // way whatever is missed was taken from kept + 1 names at once, so that it is never more than that part of all weight.
    private void Shrink()
    {
        var heaviestFirst = _sums.OrderByDescending(name => name.Value).ToList();
        var (stay, characters) = (0, 0L);
        while (stay < kept && characters + heaviestFirst[stay].Key.Length <= mostCharacters / 2)
        {
            characters += heaviestFirst[stay++].Key.Length;
        }

        var cut = heaviestFirst[stay].Value;
        Missed += cut;
        _sums.Clear();
        _characters = 0;
        foreach (var (name, sum) in heaviestFirst.Take(stay).Where(name => name.Value > cut))
        {
            _sums.Add(name, sum - cut);
            _characters += name.Length;
        }
    }
}

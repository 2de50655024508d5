using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Profiles;

/// <summary>
/// Sums by key and slice of the recorded time. How long a recording is shows only at its end: whenever it has outgrown its slices, two by two become
/// one. A recording of more than half a second has 17 to 32 equal ones, the last of which its end cuts.
/// </summary>
internal sealed class SlicedSums<TKey>
    where TKey : notnull
{
    public const int MostSlices = 32;

    public const double ShortestMs = 16;

    // Later than any recording lasts: times come from untrusted files.
    private const double LatestMs = 1e12;

    private Dictionary<(TKey Key, int Slice), double> _sums = [];
    private double _sliceMs = ShortestMs;
    private double _lastMs;

    /// <summary>What was added, in no order; slices are those of <see cref="End"/>.</summary>
    public IReadOnlyDictionary<(TKey Key, int Slice), double> Sums => _sums;

    public void Add(TKey key, double atMs, double value)
    {
        Reach(atMs);
        CollectionsMarshal.GetValueRefOrAddDefault(_sums, (key, (int)(Within(atMs) / _sliceMs)), out _) += value;
    }

    /// <summary>The length of each slice in milliseconds. Call it when all is added.</summary>
    public IReadOnlyList<double> End(TimeSpan duration)
    {
        Reach(duration.TotalMilliseconds);
        return [.. Enumerable.Range(0, (int)(_lastMs / _sliceMs) + 1).Select(slice => Math.Min(_sliceMs, _lastMs - (slice * _sliceMs)))];
    }

    private static double Within(double atMs) => atMs > 0 ? Math.Min(atMs, LatestMs) : 0;

    private void Reach(double atMs)
    {
        _lastMs = Math.Max(_lastMs, Within(atMs));
        while (_lastMs >= MostSlices * _sliceMs)
        {
            Widen();
        }
    }

    private void Widen()
    {
        var halves = _sums;
        _sums = new(halves.Count);
        foreach (var ((key, slice), sum) in halves)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_sums, (key, slice / 2), out _) += sum;
        }

        _sliceMs *= 2;
    }
}

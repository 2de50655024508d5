namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>Tables of all captures of a campaign as one table of the fleet, in units per second, as recordings may differ in length; counted tables as they are.</summary>
public sealed class MergedTable
{
    private readonly FleetSample _sample;
    private readonly double[] _seconds;
    private readonly bool _isCounted;
    private readonly Dictionary<string, Cells> _rows = new(StringComparer.Ordinal);

    /// <param name="sample">The captures.</param>
    /// <param name="durations">How long each recorded, in their order; positive.</param>
    public MergedTable(FleetSample sample, IReadOnlyList<TimeSpan> durations)
    {
        if (durations.Count != sample.Captures.Count || durations.Any(duration => duration <= TimeSpan.Zero))
        {
            throw new ArgumentException("Every capture has a positive duration.", nameof(durations));
        }

        (_sample, _seconds) = (sample, [.. durations.Select(duration => duration.TotalSeconds)]);
    }

    private MergedTable(FleetSample sample)
    {
        (_sample, _seconds, _isCounted) = (sample, new double[sample.Captures.Count], true);
        Array.Fill(_seconds, 1);
    }

    /// <summary>For tables of everything there is at one time, as of a heap: no duration, and no variance within a capture.</summary>
    public static MergedTable Counted(FleetSample sample) => new(sample);

    /// <summary>Adds a row of one capture's table. A capture that lacks a row had none of it: that is a value, too.</summary>
    public void Add(int capture, string name, double value, long samples)
    {
        if (!_rows.TryGetValue(name, out var cells))
        {
            cells = new Cells(_seconds.Length, _isCounted);
            _rows.Add(name, cells);
        }

        cells.Values[capture] += value / _seconds[capture];
        cells.Samples[capture] += samples;
    }

    /// <summary>Heaviest first.</summary>
    public IReadOnlyList<MergedRow> Rows() =>
        [.. _rows.Select(row => Merged(row.Key, row.Value)).OrderByDescending(row => row.PerSecond.Value).ThenBy(row => row.Name, StringComparer.Ordinal)];

    /// <summary>All rows together.</summary>
    public FleetTotal Total()
    {
        var (values, own) = (new double[_seconds.Length], new double[_seconds.Length]);
        foreach (var cells in _rows.Values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] += cells.Values[i];
                own[i] += cells.OwnVariance(i);
            }
        }

        return FleetEstimate.Of(_sample, values, own);
    }

    private MergedRow Merged(string name, Cells cells)
    {
        var own = new double[cells.Values.Length];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = cells.OwnVariance(i);
        }

        return new MergedRow(name, FleetEstimate.Of(_sample, cells.Values, own), cells.Samples.Count(samples => samples > 0), cells.Samples.Sum());
    }

    private sealed class Cells(int captures, bool isCounted)
    {
        public double[] Values { get; } = new double[captures];

        public long[] Samples { get; } = new long[captures];

        // n samples of about equal weight have the relative variance 1/n.
        public double OwnVariance(int capture) => !isCounted && Samples[capture] > 0 ? Values[capture] * Values[capture] / Samples[capture] : 0;
    }
}

namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>
/// Tables of all captures of a campaign as one table of the fleet, for chosen rows: the second reading, after <see cref="TableSurvey"/> found the heaviest.
/// Each is exact, however light it is in one capture or another, and takes memory only for the captures that have it.
/// </summary>
public sealed class MergedTable
{
    private readonly TableSample _sample;
    private readonly Dictionary<string, List<Cell>> _rows;

    /// <param name="sample">The captures.</param>
    /// <param name="names">Of the rows that are wanted.</param>
    public MergedTable(TableSample sample, IEnumerable<string> names) =>
        (_sample, _rows) = (sample, names.ToDictionary(name => name, _ => new List<Cell>(), StringComparer.Ordinal));

    /// <summary>Adds a row of one capture's table if it is wanted, one capture after the other. A capture that lacks a row had none of it: that is a value, too.</summary>
    public void Add(int capture, string? name, double value, long samples)
    {
        if (name is null || !_rows.TryGetValue(name, out var cells))
        {
            return;
        }

        var (perSecond, ownVariance) = _sample.Weigh(capture, value, samples);
        if (cells.Count == 0 || cells[^1].Capture != capture)
        {
            cells.Add(new Cell(capture, perSecond, ownVariance, samples));
        }
        else
        {
            // Types of two modules may have one name.
            var same = cells[^1];
            cells[^1] = new Cell(capture, same.Value + perSecond, same.OwnVariance + ownVariance, same.Samples + samples);
        }
    }

    /// <summary>Heaviest first.</summary>
    public IReadOnlyList<MergedRow> Rows()
    {
        var (values, ownVariances) = (new double[_sample.Fleet.Captures.Count], new double[_sample.Fleet.Captures.Count]);
        return [.. _rows.Select(row => Merged(row.Key, row.Value, values, ownVariances)).OrderByDescending(row => row.PerSecond.Value).ThenBy(row => row.Name, StringComparer.Ordinal)];
    }

    private MergedRow Merged(string name, List<Cell> cells, double[] values, double[] ownVariances)
    {
        Array.Clear(values);
        Array.Clear(ownVariances);
        var (captures, samples) = (0, 0L);
        foreach (var cell in cells)
        {
            values[cell.Capture] += cell.Value;
            ownVariances[cell.Capture] += cell.OwnVariance;
            captures += cell.Samples > 0 ? 1 : 0;
            samples += cell.Samples;
        }

        return new MergedRow(name, FleetEstimate.Of(_sample.Fleet, values, ownVariances), captures, samples);
    }

    private readonly record struct Cell(int Capture, double Value, double OwnVariance, long Samples);
}

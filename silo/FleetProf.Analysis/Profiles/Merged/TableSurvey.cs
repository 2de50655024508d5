namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>
/// The first reading of the tables of a campaign's captures: what they add up to, and which rows are the heaviest of the fleet. How these
/// spread over the captures is for a second reading (<see cref="MergedTable"/>), since a captured program names as many rows as it likes:
/// all of them, for every capture, are more than a silo has memory for.
/// </summary>
public sealed class TableSurvey
{
    private readonly TableSample _sample;
    private readonly double[] _values;
    private readonly double[] _ownVariances;
    private readonly HeavyNames _names = new();

    /// <param name="sample">The captures.</param>
    public TableSurvey(TableSample sample)
    {
        var captures = sample.Fleet.Captures.Count;
        (_sample, _values, _ownVariances) = (sample, new double[captures], new double[captures]);
    }

    /// <summary>Adds a row of one capture's table; without a name, all that the table leaves out together.</summary>
    public void Add(int capture, string? name, double value, long samples)
    {
        var (perSecond, ownVariance) = _sample.Weigh(capture, value, samples);
        _values[capture] += perSecond;
        _ownVariances[capture] += ownVariance;
        if (name is not null)
        {
            _names.Add(name, _sample.Fleet.Weights[capture] * perSecond);
        }
    }

    /// <summary>All rows together, also those that are too light to be told apart.</summary>
    public FleetTotal Total() => FleetEstimate.Of(_sample.Fleet, _values, _ownVariances);

    /// <summary>
    /// At most so many names, the heaviest of the fleet. Where there are more than 40,000, one that has less than 1/20,000 of the total may be
    /// missed; none is shown with less than it has, because its figures come from the second reading.
    /// </summary>
    public IReadOnlySet<string> Heaviest(int most) => _names.Heaviest(most);
}

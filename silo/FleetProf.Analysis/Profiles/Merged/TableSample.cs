namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>The captures whose tables become one. Recordings may differ in length, so their rows count per second; counted tables count as they are.</summary>
public sealed class TableSample
{
    private readonly double[] _seconds;
    private readonly bool _isCounted;

    /// <param name="fleet">The captures.</param>
    /// <param name="durations">How long each recorded, in their order; positive.</param>
    public TableSample(FleetSample fleet, IReadOnlyList<TimeSpan> durations)
    {
        if (durations.Count != fleet.Captures.Count || durations.Any(duration => duration <= TimeSpan.Zero))
        {
            throw new ArgumentException("Every capture has a positive duration.", nameof(durations));
        }

        (Fleet, _seconds) = (fleet, [.. durations.Select(duration => duration.TotalSeconds)]);
    }

    private TableSample(FleetSample fleet)
    {
        (Fleet, _seconds, _isCounted) = (fleet, new double[fleet.Captures.Count], true);
        Array.Fill(_seconds, 1);
    }

    public FleetSample Fleet { get; }

    /// <summary>For tables of everything there is at one time, as of a heap: no duration, and no variance within a capture.</summary>
    public static TableSample Counted(FleetSample fleet) => new(fleet);

    /// <summary>
    /// A row of a capture's table as a value and the variance of that value within its recording: n samples of about equal weight have the
    /// relative variance 1/n. Samples come independently of each other, so that the variance of several rows together is the sum of theirs.
    /// This is how surely a recording tells what ran in its own time, and for a long call, which the ticks of a clock measure better than chance
    /// would, more than enough. How much the same work varies from one time to another is no part of it: that is in how captures differ.
    /// </summary>
    internal (double Value, double OwnVariance) Weigh(int capture, double value, long samples)
    {
        var perSecond = value / _seconds[capture];
        return (perSecond, !_isCounted && samples > 0 ? perSecond * perSecond / samples : 0);
    }
}

using FleetProf.Analysis.Comparisons;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>What the snapshots of one replica say about a list of paths, in order of time.</summary>
internal sealed class ReplicaSeries
{
    /// <summary>Of the largest heap: what changes less is noise.</summary>
    private const double MinimumShare = 0.002;

    private const int FadingPoints = 4;
    private const double Fading = 0.5;

    private readonly IReadOnlyList<SnapshotReading> _readings;
    private readonly List<double> _hours;
    private readonly double _noise;

    /// <param name="readings">Of one replica, in order of time; at least one.</param>
    public ReplicaSeries(IReadOnlyList<SnapshotReading> readings)
    {
        _readings = readings;
        _hours = [.. readings.Select(reading => (reading.Snapshot.TakenAt - readings[0].Snapshot.TakenAt).TotalHours)];
        _noise = Math.Max(1, MinimumShare * readings.Max(reading => reading.HeapBytes));
    }

    public int Snapshots => _readings.Count;

    /// <param name="path">Number of the path in the list.</param>
    public ReplicaSlope SlopeOf(int path)
    {
        var points = _readings.Select((reading, index) => (X: _hours[index], Y: (double)reading.Retained[path])).ToList();
        var slope = TheilSen.Slope(points) ?? 0;
        var isGrowing = slope * (_hours[^1] - _hours[0]) >= _noise;
        var isFading = isGrowing && points.Count >= FadingPoints && TheilSen.Slope(points[(points.Count / 2)..]) < Fading * slope;
        var (first, last) = (_readings[0], _readings[^1]);
        return new ReplicaSlope(first.Snapshot.Replica, points.Count, first.Retained[path], last.Retained[path], slope, isGrowing, isFading, first.Snapshot.Id, last.Snapshot.Id);
    }
}

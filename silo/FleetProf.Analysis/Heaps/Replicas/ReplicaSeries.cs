using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.Heaps.Diffs;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>What the snapshots of one replica say about a list of paths, in order of time.</summary>
internal sealed class ReplicaSeries
{
    /// <summary>Of the largest heap: what changes less is noise.</summary>
    private const double MinimumShare = 0.002;

    private const int FadingPoints = 4;
    private const double Fading = 0.5;

    private readonly string _replica;
    private readonly List<string> _ids = [];
    private readonly List<double> _hours = [];
    private readonly List<long[]> _retained = [];
    private double _noise = 1;

    private ReplicaSeries(string replica) => _replica = replica;

    public int Snapshots => _hours.Count;

    /// <param name="snapshots">Of one replica, in order of time; at least one.</param>
    /// <param name="paths">From the holder down.</param>
    public static ReplicaSeries Of(IReadOnlyList<ReplicaSnapshot> snapshots, IReadOnlyList<IReadOnlyList<PathStep>> paths)
    {
        var series = new ReplicaSeries(snapshots[0].Replica);
        foreach (var snapshot in snapshots)
        {
            if (snapshot.OpenDominators() is { } tree)
            {
                var retained = new RetainedByPath(tree);
                series._ids.Add(snapshot.Id);
                series._hours.Add((snapshot.TakenAt - snapshots[0].TakenAt).TotalHours);
                series._retained.Add([.. paths.Select(retained.Of)]);
                series._noise = Math.Max(series._noise, MinimumShare * tree.TotalBytes(0));
            }
        }

        return series;
    }

    /// <param name="path">Number of the path in the list.</param>
    public ReplicaSlope SlopeOf(int path)
    {
        var points = _retained.Select((bytes, index) => (X: _hours[index], Y: (double)bytes[path])).ToList();
        var slope = TheilSen.Slope(points) ?? 0;
        var isGrowing = slope * (_hours[^1] - _hours[0]) >= _noise;
        var isFading = isGrowing && points.Count >= FadingPoints && TheilSen.Slope(points[(points.Count / 2)..]) < Fading * slope;
        return new ReplicaSlope(_replica, points.Count, _retained[0][path], _retained[^1][path], slope, isGrowing, isFading, _ids[0], _ids[^1]);
    }
}

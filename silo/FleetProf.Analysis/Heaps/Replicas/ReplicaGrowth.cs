using FleetProf.Analysis.Heaps.Diffs;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>
/// What grows in the heaps of a service's replicas, by dominator path: the paths of types are the same in every process, so that a leak
/// shows as one path in most of them, and a replica that is merely busier as one alone. Only complete snapshots take part.
/// </summary>
/// <param name="Replicas">Replicas with two snapshots or more.</param>
/// <param name="SingleReplicas">Replicas with one, which tell nothing about growth.</param>
/// <param name="LeftOut">Snapshots that are incomplete or have no dominator tree.</param>
/// <param name="Paths">The path that grows in most replicas first, of those the fastest.</param>
public sealed record ReplicaGrowth(int Replicas, int SingleReplicas, int LeftOut, IReadOnlyList<PathGrowth> Paths)
{
    public const int MaxPaths = 100;

    private const int MaxCandidates = 2_000;

    /// <summary>Of fewer snapshots the median slope follows an odd one at an end.</summary>
    private const int FewestForSlopes = 4;

    /// <summary>A row is left out when the rows below it explain so much of its growth, in as many replicas.</summary>
    private const double Explained = 0.8;

    public static ReplicaGrowth Of(IEnumerable<ReplicaSnapshot> snapshots)
    {
        var known = snapshots.ToList();
        var replicas = known.Where(snapshot => snapshot.IsComplete).GroupBy(snapshot => snapshot.Replica, StringComparer.Ordinal)
            .Select(replica => replica.OrderBy(snapshot => snapshot.TakenAt).ToList()).ToList();
        var candidates = replicas.SelectMany(Grown).SelectMany(WithThoseAbove).DistinctBy(Key, StringComparer.Ordinal).Take(MaxCandidates).ToList();
        var series = replicas.ConvertAll(replica => ReplicaSeries.Of(replica, candidates));
        var told = series.FindAll(replica => replica.Snapshots >= 2);
        var grown = candidates.Select((path, index) => new PathGrowth(path, [.. told.Select(replica => replica.SlopeOf(index)).OrderByDescending(slope => slope.BytesPerHour)]))
            .Where(path => path.GrowingReplicas > 0).ToList();
        var paths = WithoutExplained(grown).OrderByDescending(path => path.GrowingReplicas).ThenByDescending(path => path.BytesPerHour).ThenBy(path => path.Path.Count).Take(MaxPaths);
        return new ReplicaGrowth(told.Count, series.Count(replica => replica.Snapshots == 1), known.Count - series.Sum(replica => replica.Snapshots), [.. paths]);
    }

    // A first snapshot from the start of the process, or a last one after a cleanup, may be the odd one: the slope over all does not follow it, nor must the choice.
    private static IEnumerable<IReadOnlyList<PathStep>> Grown(List<ReplicaSnapshot> replica) => replica.Count < FewestForSlopes
        ? GrownFromEndToEnd(replica)
        : GrownFromEndToEnd(replica).Concat(GrownFromEndToEnd(replica[1..])).Concat(GrownFromEndToEnd(replica[..^1]));

    private static IReadOnlyList<IReadOnlyList<PathStep>> GrownFromEndToEnd(List<ReplicaSnapshot> replica)
    {
        var first = replica.Take(replica.Count - 1).Select(snapshot => snapshot.OpenDominators()).FirstOrDefault(tree => tree is not null);
        var last = first is null ? null : replica.Skip(1).Reverse().Select(snapshot => snapshot.OpenDominators()).FirstOrDefault(tree => tree is not null);
        return last is null ? [] : [.. PathChanges.Of(first!, last).Where(change => change.RetainedGrowth > 0).Select(change => change.Path)];
    }

    // What grows in different places below one row, in each replica another, grows at that row in all of them.
    private static IEnumerable<IReadOnlyList<PathStep>> WithThoseAbove(IReadOnlyList<PathStep> path) => Enumerable.Range(1, path.Count).Select(count => (IReadOnlyList<PathStep>)[.. path.Take(count)]);

    // An unknown module is empty and tells as well: it is not the same as none.
    private static string Key(IReadOnlyList<PathStep> path) => string.Join('\0', path.Select(step => step.Module is null ? $"{step.Key}\0" : $"{step.Key}\0in {step.Module}"));

    // From the deepest up, so that what is below a row is decided before it.
    private static List<PathGrowth> WithoutExplained(List<PathGrowth> paths)
    {
        var kept = new List<PathGrowth>();
        foreach (var path in paths.OrderByDescending(path => path.Path.Count))
        {
            var below = kept.Where(other => other.Path.Count > path.Path.Count && other.Path.Take(path.Path.Count).SequenceEqual(path.Path)).ToList();
            var nearest = below.Where(other => !below.Exists(between => between.Path.Count < other.Path.Count && other.Path.Take(between.Path.Count).SequenceEqual(between.Path)));
            var explained = nearest.Where(other => other.GrowingReplicas >= path.GrowingReplicas).Sum(other => other.BytesPerHour);
            if (explained < Explained * path.BytesPerHour)
            {
                kept.Add(path);
            }
        }

        return kept;
    }
}

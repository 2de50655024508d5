using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.Suspects;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>One path of types that retains more and more in some replicas of a service.</summary>
/// <param name="Path">From the holder down.</param>
/// <param name="Replicas">Every replica with two snapshots or more, the fastest growth first.</param>
public sealed record PathGrowth(IReadOnlyList<PathStep> Path, IReadOnlyList<ReplicaSlope> Replicas)
{
    /// <summary>Names from the holder down, as a programmer writes them, with assemblies where types of one name stand beside each other.</summary>
    public IReadOnlyList<string> Steps => [.. Path.Select(step => step.Words)];

    public int GrowingReplicas => Replicas.Count(replica => replica.IsGrowing);

    /// <summary>Of a replica in which it grows, the median.</summary>
    public double BytesPerHour => TheilSen.Median([.. Replicas.Where(replica => replica.IsGrowing).Select(replica => replica.BytesPerHour)]);

    /// <summary>Whether it fades in more than half of the replicas in which it grows.</summary>
    public bool IsFading => 2 * Replicas.Count(replica => replica.IsFading) > GrowingReplicas;

    /// <summary>The growth for a person.</summary>
    /// <param name="load">What the replicas did meanwhile; null when it is not known.</param>
    public string Sentence(LoadChange? load)
    {
        var holder = Path.Count > 1 ? $" in {Path[0].Words}" : "";
        var where = Replicas.Count == 1 ? "in the one replica" : $"in {GrowingReplicas} of {Replicas.Count} replicas";
        var meanwhile = load is { } known ? $", {known.Words}" : "";
        var fading = IsFading ? " It slows down, as after a start." : "";
        return $"What {Path[^1].Words}{holder} retains grew {where}, +{Wording.Bytes((long)BytesPerHour)}/h{meanwhile}.{fading}";
    }
}

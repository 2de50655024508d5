using FleetProf.Analysis.Heaps.Suspects;

namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>The same path of types through the dominator trees of two snapshots.</summary>
/// <param name="Path">From the holder down.</param>
/// <param name="ObjectsBefore">Objects at its end.</param>
/// <param name="ObjectsAfter">Objects at its end.</param>
/// <param name="RetainedBefore">Bytes that they and all below them hold.</param>
/// <param name="RetainedAfter">Bytes that they and all below them hold.</param>
public sealed record PathChange(IReadOnlyList<PathStep> Path, long ObjectsBefore, long ObjectsAfter, long RetainedBefore, long RetainedAfter)
{
    /// <summary>Names from the holder down, as a programmer writes them, with assemblies where types of one name stand beside each other.</summary>
    public IReadOnlyList<string> Steps => [.. Path.Select(step => step.Words)];

    public long RetainedGrowth => RetainedAfter - RetainedBefore;

    public long ObjectGrowth => ObjectsAfter - ObjectsBefore;

    /// <summary>The change for a person; only to be told when both snapshots are complete.</summary>
    public string Sentence
    {
        get
        {
            var verb = RetainedGrowth > 0 ? "grew" : "shrank";
            var holder = Path.Count > 1 ? $" in {Path[0].Words}" : "";
            return $"What {Path[^1].Words}{holder} retains {verb} from {Wording.Bytes(RetainedBefore)} to {Wording.Bytes(RetainedAfter)}, "
                + $"from {Wording.Count(ObjectsBefore)} to {Wording.Count(ObjectsAfter)} objects.";
        }
    }
}

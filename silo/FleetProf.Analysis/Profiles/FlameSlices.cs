using System.Runtime.InteropServices;

namespace FleetProf.Analysis.Profiles;

/// <summary>When the own samples of the nodes of a flame graph came, in columns in order of nodes, one entry for each slice of the time in which a node had some.</summary>
internal sealed class FlameSlices
{
    private FlameSlices(IReadOnlyList<double> ms) => Ms = ms;

    /// <summary>Length of each slice.</summary>
    public IReadOnlyList<double> Ms { get; }

    public List<int> Node { get; } = [];

    public List<int> Slice { get; } = [];

    public List<double> Self { get; } = [];

    public static FlameSlices Of(Profile profile, DrawnStacks drawn)
    {
        var nodes = drawn.Nodes();
        var sums = new Dictionary<(int Node, int Slice), double>();
        foreach (var (stack, slice, value) in profile.InSlices)
        {
            if (nodes[stack] >= 0)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(sums, (nodes[stack], slice), out _) += value;
            }
        }

        var slices = new FlameSlices(profile.SliceMs);
        foreach (var ((node, slice), value) in sums.OrderBy(sum => sum.Key))
        {
            slices.Node.Add(node);
            slices.Slice.Add(slice);
            slices.Self.Add(value);
        }

        return slices;
    }
}

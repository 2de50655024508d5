using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>A heap as the readers of findings need it.</summary>
internal sealed class ReadHeap
{
    /// <summary>What is lighter and less numerous is not worth a line.</summary>
    private const double MinimumShare = 0.01;

    private readonly TypeShape[] _shapes;
    private readonly Dictionary<int, HeapHolder> _holders = [];

    public ReadHeap(HeapGraph graph, TypeGroups types, DominatorTree tree, TypeTree dominators, long[] retainedByType)
    {
        (Graph, Types, Tree, Dominators, RetainedByType) = (graph, types, tree, dominators, retainedByType);
        _shapes = [.. types.Names.Select(TypeShape.Of)];
        foreach (var root in graph.Roots.Where(root => root.Kind is HeapRootKind.StaticField or HeapRootKind.ThreadStaticField))
        {
            _holders.TryAdd(root.Node, HeapHolder.Of(root, graph.Types[graph.TypeIndex[root.Node]].Name));
        }
    }

    public HeapGraph Graph { get; }

    public TypeGroups Types { get; }

    public DominatorTree Tree { get; }

    public TypeTree Dominators { get; }

    /// <summary>Per type group: what its objects retain together, each byte counted once.</summary>
    public long[] RetainedByType { get; }

    /// <summary>Type group of a node.</summary>
    public int TypeOf(int node) => Types[Graph.TypeIndex[node]];

    public TypeShape ShapeOf(int node) => _shapes[TypeOf(node)];

    public TypeShape Shape(int type) => _shapes[type];

    public string NameOf(int node) => Types.Names[TypeOf(node)].Name;

    public bool IsReachable(int node) => Tree.Positions[node] >= 0;

    public bool IsHeavy(long bytes) => bytes >= Dominators.TotalBytes(0) * MinimumShare && bytes > 0;

    /// <summary>The static field that holds a node, or the nearest type of the program above it; empty when there is neither.</summary>
    public string HolderOf(int node)
    {
        const int farthest = 100;
        for (var (at, steps) = (node, 0); at >= 0 && steps < farthest; at = Tree.ImmediateDominator(at), steps++)
        {
            if (_holders.TryGetValue(at, out var holder))
            {
                return $"the {holder}";
            }

            if (at != node && ShapeOf(at).IsApplication)
            {
                return TypeShape.Display(NameOf(at));
            }
        }

        return "";
    }

    /// <summary>Nodes of all types whose shape passes, in one pass.</summary>
    public IEnumerable<int> Nodes(Func<TypeShape, bool> isWanted)
    {
        var wanted = Array.ConvertAll(_shapes, shape => isWanted(shape));
        if (!wanted.Contains(true))
        {
            yield break;
        }

        for (var node = 0; node < Graph.NodeCount; node++)
        {
            if (wanted[TypeOf(node)] && IsReachable(node))
            {
                yield return node;
            }
        }
    }
}

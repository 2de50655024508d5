using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps;

/// <summary>A heap drawn by hand, with type names as the runtime gives them.</summary>
internal sealed class HeapSketch
{
    public const string CoreLib = "System.Private.CoreLib";
    private readonly List<HeapType> _types = [];
    private readonly List<(int Type, int Bytes, List<int> References)> _nodes = [];
    private readonly List<HeapRoot> _roots = [];

    /// <summary>Adds an object and returns its number. Names in "System." belong to the runtime, all others to the shop.</summary>
    public int Add(string type, int bytes, params ReadOnlySpan<int> references)
    {
        var isFramework = type.StartsWith("System.", StringComparison.Ordinal) || type.StartsWith("Entry[", StringComparison.Ordinal) || type.StartsWith("Node[", StringComparison.Ordinal)
            || type.StartsWith("VolatileNode[", StringComparison.Ordinal) || type.StartsWith("Tables[", StringComparison.Ordinal) || type.StartsWith("AsyncStateMachineBox", StringComparison.Ordinal);
        return Add(new HeapType(type, isFramework ? CoreLib : "Shop"), bytes, references);
    }

    public int Add(HeapType heapType, int bytes, params ReadOnlySpan<int> references)
    {
        if (!_types.Contains(heapType))
        {
            _types.Add(heapType);
        }

        _nodes.Add((_types.IndexOf(heapType), bytes, [.. references]));
        return _nodes.Count - 1;
    }

    public int[] Many(int count, Func<int, int> add) => [.. Enumerable.Range(0, count).Select(add)];

    public void Refer(int from, int to) => _nodes[from].References.Add(to);

    public void Root(int node, HeapRootKind kind, string label = "") => _roots.Add(new HeapRoot(node, kind, label));

    public void Static(int node, string field) => Root(node, HeapRootKind.StaticField, $"{_types[_nodes[node].Type].Name}.{field}");

    public HeapGraph ToGraph()
    {
        var start = new int[_nodes.Count + 1];
        for (var node = 0; node < _nodes.Count; node++)
        {
            start[node + 1] = start[node] + _nodes[node].References.Count;
        }

        return new HeapGraph
        {
            Types = _types,
            TypeIndex = [.. _nodes.Select(node => node.Type)],
            ShallowBytes = [.. _nodes.Select(node => (long)node.Bytes)],
            Address = [.. Enumerable.Range(1, _nodes.Count).Select(node => (ulong)node * 8)],
            EdgeStart = start,
            EdgeTarget = [.. _nodes.SelectMany(node => node.References)],
            Roots = _roots,
            Completeness = new HeapCompleteness { SawEnd = true },
        };
    }
}

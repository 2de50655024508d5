namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>The types of a heap by name and module: what the runtime loaded more than once under one name is one group.</summary>
public sealed class TypeGroups
{
    private readonly int[] _groupOfType;

    private TypeGroups(int[] groupOfType, IReadOnlyList<HeapType> names) => (_groupOfType, Names) = (groupOfType, names);

    /// <summary>Per group: its name and module.</summary>
    public IReadOnlyList<HeapType> Names { get; }

    public int Count => Names.Count;

    /// <summary>Group of a node's type, by the graph's type index.</summary>
    public int this[int typeIndex] => _groupOfType[typeIndex];

    /// <summary>Groups that were stored: their graph is not there any more.</summary>
    internal static TypeGroups Named(IReadOnlyList<HeapType> names) => new([], names);

    public static TypeGroups Of(HeapGraph graph)
    {
        var groups = new Dictionary<HeapType, int>();
        var groupOfType = new int[graph.Types.Count];
        for (var type = 0; type < groupOfType.Length; type++)
        {
            if (!groups.TryGetValue(graph.Types[type], out groupOfType[type]))
            {
                groupOfType[type] = groups.Count;
                groups.Add(graph.Types[type], groups.Count);
            }
        }

        return new TypeGroups(groupOfType, [.. groups.Keys]);
    }
}

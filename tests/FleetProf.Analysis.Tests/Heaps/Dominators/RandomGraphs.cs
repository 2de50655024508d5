using CsCheck;
using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps.Dominators;

/// <summary>Small graphs with everything that can go wrong: cycles, self references, duplicate references, unreachable objects, objects with several roots.</summary>
internal static class RandomGraphs
{
    private static readonly HeapRootKind[] Kinds =
        [HeapRootKind.Stack, HeapRootKind.StaticField, HeapRootKind.StrongHandle, HeapRootKind.Finalizer, HeapRootKind.WeakHandle, HeapRootKind.DependentHandle];

    private static readonly HeapType[] Names = [.. Enumerable.Range(0, 5).Select(type => new HeapType($"Shop.T{type}", "Shop"))];

    // A programmer writes the last two the same.
    private static readonly HeapType[] SharedNames = [new("Shop.T", "Shop"), new("Shop.T", "Shop.Web"), new("Shop.T", ""), new("Shop.List`1+Item[Shop.T]", "Shop"), new("Shop.List+Item`1[Shop.T]", "Shop")];

    public static Gen<HeapGraph> All { get; } = Of(Names);

    /// <summary>The same with types that share a name: in two assemblies, in an unknown one, and two in one.</summary>
    public static Gen<HeapGraph> Namesakes { get; } = Of(SharedNames);

    private static Gen<HeapGraph> Of(HeapType[] names) =>
        from nodes in Gen.Int[1, 30]
        from edges in Gen.Select(Gen.Int[0, nodes - 1], Gen.Int[0, nodes - 1]).List[0, nodes * 3]
        from roots in Gen.Select(Gen.Int[0, nodes - 1], Gen.Int[0, Kinds.Length - 1].Select(kind => Kinds[kind])).List[0, 4]
        from types in Gen.Int[0, 4].Array[nodes]
        from bytes in Gen.Int[0, 100].Array[nodes]
        select Graph(types, bytes, edges, roots, names);

    /// <summary>A reference from an object before it to each object but the first ones, and as many references again of any direction.</summary>
    public static HeapGraph Large(GraphShape shape, int nodes, int seed)
    {
        var random = new Random(seed);
        var edges = new List<(int From, int To)>();
        for (var node = 10; node < nodes; node++)
        {
            edges.Add((shape switch { GraphShape.Wide => (node - 2) / 8, GraphShape.Deep => node - random.Next(1, 4), _ => random.Next(node) }, node));
            var from = random.Next(nodes);
            edges.Add((from, shape == GraphShape.Deep ? Math.Clamp(from + random.Next(-500, 500), 0, nodes - 1) : random.Next(nodes)));
        }

        (int, HeapRootKind)[] roots = [.. Enumerable.Range(0, 10).Select(node => (node, node < 8 ? HeapRootKind.StaticField : HeapRootKind.Finalizer)), (nodes / 2, HeapRootKind.Stack)];
        return Graph(new int[nodes], [.. Enumerable.Range(0, nodes).Select(node => node % 100)], edges, roots);
    }

    public static HeapGraph Graph(int[] types, int[] bytes, IEnumerable<(int From, int To)> edges, IEnumerable<(int Node, HeapRootKind Kind)> roots, IReadOnlyList<HeapType>? names = null)
    {
        var byNode = edges.ToLookup(edge => edge.From, edge => edge.To);
        var start = new int[types.Length + 1];
        for (var node = 0; node < types.Length; node++)
        {
            start[node + 1] = start[node] + byNode[node].Count();
        }

        return new HeapGraph
        {
            Types = names ?? Names,
            TypeIndex = types,
            ShallowBytes = [.. bytes.Select(size => (long)size)],
            Address = [.. Enumerable.Range(1, types.Length).Select(node => (ulong)node * 8)],
            EdgeStart = start,
            EdgeTarget = [.. Enumerable.Range(0, types.Length).SelectMany(node => byNode[node])],
            Roots = [.. roots.Select(root => new HeapRoot(root.Node, root.Kind))],
            Completeness = new HeapCompleteness { SawEnd = true },
        };
    }
}

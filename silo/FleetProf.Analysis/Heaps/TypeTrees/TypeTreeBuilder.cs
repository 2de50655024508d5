using FleetProf.Analysis.Heaps.Columns;
using FleetProf.Analysis.Heaps.Dominators;

namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>Groups objects by the types above them, in one pass over nodes that come after their parents.</summary>
public sealed unsafe class TypeTreeBuilder
{
    /// <summary>A heap of a real program has some thousands of type paths. What a hostile one has more of joins its parent's row.</summary>
    private const int MaxRows = 1 << 18;

    private const int MaxDepth = 200;

    /// <summary>Objects between asking for memory and using it.</summary>
    private const int Ahead = 16;

    private readonly HeapGraph _graph;
    private readonly TypeGroups _types;
    private readonly Dictionary<int, HeapHolder> _holders = [];
    private readonly Dictionary<HeapHolder, int> _holderRows = [];
    private readonly Dictionary<(int Parent, int Type), int> _rowOf = [];
    private readonly List<(int Parent, int Type, HeapHolder Holder, int Depth)> _rows = [(-1, TypeTree.NoType, default, 0)];
    private long[] _objects = new long[1024];
    private long[] _bytes = new long[1024];
    private long[] _folded = new long[1024];

    private TypeTreeBuilder(HeapGraph graph, TypeGroups types)
    {
        _graph = graph;
        _types = types;
        foreach (var root in graph.Roots.Where(root => root.Kind != HeapRootKind.WeakHandle).OrderBy(root => HeapHolder.Rank(root.Kind)))
        {
            if (!_holders.ContainsKey(root.Node))
            {
                _holders.Add(root.Node, HeapHolder.Of(root, graph.Types[graph.TypeIndex[root.Node]].Name));
            }
        }
    }

    public static TypeTree OfDominators(HeapGraph graph, TypeGroups types, DominatorTree tree)
    {
        using var rows = new Column<int>(tree.ReachableCount);
        return OfDominators(graph, types, tree, rows.Span);
    }

    public static TypeTree OfPaths(HeapGraph graph, TypeGroups types, ShortestPaths paths)
    {
        using var rows = new Column<int>(paths.ReachableCount);
        var tree = new TypeTreeBuilder(graph, types).Build(paths.Nodes, paths.Previous, rows.Span);
        GC.KeepAlive(paths); // its columns are read here
        return tree;
    }

    /// <param name="graph">The heap.</param>
    /// <param name="types">Its type groups.</param>
    /// <param name="tree">Its dominators.</param>
    /// <param name="rows">Filled per position: its row.</param>
    internal static TypeTree OfDominators(HeapGraph graph, TypeGroups types, DominatorTree tree, Span<int> rows) =>
        new TypeTreeBuilder(graph, types).Build(tree.Nodes.AsSpan(0, tree.ReachableCount), tree.Dominators, rows);

    private TypeTree Build(ReadOnlySpan<int> nodes, ReadOnlySpan<int> parents, Span<int> rows)
    {
        var (lastParent, lastType, lastRow, isFolded) = (-1, -1, 0, false);
        fixed (int* typeOf = _graph.TypeIndex, bytesOf = _graph.ShallowBytes.Small)
        {
            for (var position = 0; position < nodes.Length; position++)
            {
                if (position + Ahead < nodes.Length)
                {
                    Prefetch.Read(typeOf + nodes[position + Ahead]);
                    Prefetch.Read(bytesOf + nodes[position + Ahead]);
                }

                var parent = parents[position] is >= 0 and var above ? rows[above] : HolderRow(nodes[position]);
                var type = _types[typeOf[nodes[position]]];
                if (parent != lastParent || type != lastType)
                {
                    (lastParent, lastType, lastRow) = (parent, type, RowOf(parent, type));
                    isFolded = _rows[lastRow].Type == type && _rows[lastRow].Parent != parent;
                }

                rows[position] = lastRow;
                _objects[lastRow]++;
                _folded[lastRow] += isFolded ? 1 : 0;
                _bytes[lastRow] += _graph.ShallowBytes[nodes[position]];
            }
        }

        return new TypeTree(_types, [.. _rows.Select((row, i) => new TypeTreeRow(row.Parent, row.Type, row.Holder, row.Depth, _objects[i], _bytes[i]) { Folded = _folded[i] })]);
    }

    private int HolderRow(int node)
    {
        var holder = _holders.GetValueOrDefault(node, new HeapHolder(null, ""));
        if (!_holderRows.TryGetValue(holder, out var row))
        {
            row = Add(0, TypeTree.NoType, holder);
            _holderRows.Add(holder, row);
        }

        return row;
    }

    private int RowOf(int parent, int type)
    {
        if (!_rowOf.TryGetValue((parent, type), out var row))
        {
            row = Folded(parent, type) ?? Add(parent, type, default);
            _rowOf.Add((parent, type), row);
        }

        return row;
    }

    // A step from one type to another that the path has taken before leads back to where it led then.
    private int? Folded(int parent, int type)
    {
        var from = _rows[parent].Type;
        if (from == type)
        {
            return parent;
        }

        for (var row = parent; _rows[row].Type != TypeTree.NoType; row = _rows[row].Parent)
        {
            if (_rows[row].Type == type && _rows[_rows[row].Parent].Type == from)
            {
                return row;
            }
        }

        return null;
    }

    private int Add(int parent, int type, HeapHolder holder)
    {
        if (_rows[parent].Depth == MaxDepth || _rows.Count == MaxRows)
        {
            return parent;
        }

        _rows.Add((parent, type, holder, _rows[parent].Depth + 1));
        if (_rows.Count > _objects.Length)
        {
            Array.Resize(ref _objects, _rows.Count * 2);
            Array.Resize(ref _bytes, _rows.Count * 2);
            Array.Resize(ref _folded, _rows.Count * 2);
        }

        return _rows.Count - 1;
    }
}

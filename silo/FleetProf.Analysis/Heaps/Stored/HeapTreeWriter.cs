using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Stored;

/// <summary>Writes heap.tree; <see cref="HeapTreeReader"/> answers from it.</summary>
public static class HeapTreeWriter
{
    /// <param name="graph">The heap.</param>
    /// <param name="types">Its rows by type, with retained bytes.</param>
    /// <param name="retention">Its trees.</param>
    /// <param name="output">Where to.</param>
    public static void Write(HeapGraph graph, IReadOnlyList<HeapTypeRow> types, HeapRetention retention, Stream output)
    {
        var groups = retention.Dominators.Types;
        var holders = new Dictionary<HeapHolder, int>();
        var rows = DominatorRows(retention.Dominators, holders);
        var pathRows = PathRows(retention.Paths, holders);
        var layout = new HeapTreeLayout(groups.Count, holders.Count, retention.Dominators.Count, retention.Paths.Count, graph.NodeCount, graph.HeapBytes, retention.UnreachableObjects);
        output.Write(layout.ToHead());
        output.Write(rows);
        output.Write(pathRows);
        output.Write(TypeRows(groups, types));
        WriteNames(groups, holders.Keys, output);
        using var writer = new BinaryWriter(output, Encoding.UTF8, leaveOpen: true);
        HeapGraphFile.WriteCompleteness(writer, graph.Completeness);
    }

    private static byte[] DominatorRows(TypeTree tree, Dictionary<HeapHolder, int> holders)
    {
        var order = tree.BreadthFirst();
        var number = new int[order.Length];
        for (var id = 0; id < order.Length; id++)
        {
            number[order[id]] = id;
        }

        var bytes = new byte[(long)order.Length * HeapTreeLayout.RowBytes];
        var firstChild = 1;
        for (var id = 0; id < order.Length; id++)
        {
            var row = order[id];
            var at = bytes.AsSpan(id * HeapTreeLayout.RowBytes, HeapTreeLayout.RowBytes);
            var children = tree.Children(row).Length;
            BinaryPrimitives.WriteInt32LittleEndian(at, row == 0 ? -1 : number[tree[row].Parent]);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], firstChild);
            BinaryPrimitives.WriteInt32LittleEndian(at[8..], children);
            BinaryPrimitives.WriteInt32LittleEndian(at[12..], Name(tree, row, holders));
            BinaryPrimitives.WriteInt64LittleEndian(at[16..], tree[row].Objects);
            BinaryPrimitives.WriteInt64LittleEndian(at[24..], tree[row].ShallowBytes);
            BinaryPrimitives.WriteInt64LittleEndian(at[32..], tree.TotalBytes(row));
            firstChild += children;
        }

        return bytes;
    }

    private static byte[] PathRows(TypeTree tree, Dictionary<HeapHolder, int> holders)
    {
        var bytes = new byte[(long)tree.Count * HeapTreeLayout.PathRowBytes];
        for (var row = 0; row < tree.Count; row++)
        {
            var at = bytes.AsSpan(row * HeapTreeLayout.PathRowBytes, HeapTreeLayout.PathRowBytes);
            BinaryPrimitives.WriteInt32LittleEndian(at, tree[row].Parent);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], Name(tree, row, holders));
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], tree[row].Objects);
            BinaryPrimitives.WriteInt64LittleEndian(at[16..], tree[row].ShallowBytes);
        }

        return bytes;
    }

    private static byte[] TypeRows(TypeGroups groups, IReadOnlyList<HeapTypeRow> types)
    {
        var known = types.ToDictionary(row => new HeapType(row.Type, row.Module));
        var bytes = new byte[(long)groups.Count * HeapTreeLayout.TypeBytes];
        for (var type = 0; type < groups.Count; type++)
        {
            var row = known.GetValueOrDefault(groups.Names[type]);
            var at = bytes.AsSpan(type * HeapTreeLayout.TypeBytes, HeapTreeLayout.TypeBytes);
            BinaryPrimitives.WriteInt64LittleEndian(at, row.Count);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], row.ShallowBytes);
            BinaryPrimitives.WriteInt64LittleEndian(at[16..], row.RetainedBytes ?? 0);
        }

        return bytes;
    }

    private static int Name(TypeTree tree, int row, Dictionary<HeapHolder, int> holders)
    {
        if (row == 0)
        {
            return -1;
        }

        if (tree[row].Type != TypeTree.NoType)
        {
            return tree[row].Type;
        }

        if (!holders.TryGetValue(tree[row].Holder, out var holder))
        {
            holder = holders.Count;
            holders.Add(tree[row].Holder, holder);
        }

        return tree.Types.Count + holder;
    }

    private static void WriteNames(TypeGroups groups, IEnumerable<HeapHolder> holders, Stream output)
    {
        var texts = new MemoryStream();
        var starts = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var text in groups.Names.Select(TypeText).Concat(holders.Select(HolderText)))
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, checked((int)texts.Length));
            starts.Write(number);
            texts.Write(Encoding.UTF8.GetBytes(text));
        }

        BinaryPrimitives.WriteInt32LittleEndian(number, checked((int)texts.Length));
        starts.Write(number);
        starts.WriteTo(output);
        texts.WriteTo(output);
    }

    private static string TypeText(HeapType type) => $"{Cut(type.Name)}\0{Cut(type.Module)}";

    private static string HolderText(HeapHolder holder) => string.Create(CultureInfo.InvariantCulture, $"{(holder.Kind is { } kind ? (int)kind : -1)}\0{Cut(holder.Name)}");

    private static string Cut(string name)
    {
        var end = name.Length <= HeapTreeLayout.LongestName ? name.Length : HeapTreeLayout.LongestName;
        return name[..(end > 0 && end < name.Length && char.IsHighSurrogate(name[end - 1]) ? end - 1 : end)].Replace('\0', ' ');
    }
}

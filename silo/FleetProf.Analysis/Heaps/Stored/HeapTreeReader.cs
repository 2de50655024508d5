using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Stored;

/// <summary>
/// Answers from heap.tree: pages of the dominator tree in reads of a few KB, and what needs a whole tree of types (at most some MB, never
/// the heap). Trusts nothing in the file: what does not fit is <see cref="InvalidDataException"/>.
/// </summary>
public sealed class HeapTreeReader
{
    /// <summary>Deeper than any tree that is written.</summary>
    private const int DeepestRow = 256;

    private const int LongestText = (2 * HeapTreeLayout.LongestName * 3) + 1;

    private readonly Stream _input;
    private readonly HeapTreeLayout _layout;

    private HeapTreeReader(Stream input, HeapTreeLayout layout, HeapCompleteness completeness) => (_input, _layout, Completeness) = (input, layout, completeness);

    public HeapCompleteness Completeness { get; }

    public long HeapBytes => _layout.HeapBytes;

    public long Objects => _layout.Objects;

    /// <summary>Objects that no root reaches; they are in no tree.</summary>
    public long UnreachableObjects => _layout.UnreachableObjects;

    /// <summary>Rows of the dominator tree, the heap itself included.</summary>
    public int RowCount => _layout.Rows;

    /// <param name="input">A seekable stream, read as long as the reader is used.</param>
    /// <exception cref="InvalidDataException">Not a heap tree, or damaged.</exception>
    public static HeapTreeReader Open(Stream input)
    {
        try
        {
            var layout = HeapTreeLayout.Of(Read(input, 0, HeapTreeLayout.HeadBytes), input.Length);
            var textBytes = BinaryPrimitives.ReadInt32LittleEndian(Read(input, layout.NamesAt + (layout.Names * (long)sizeof(int)), sizeof(int)));
            if (textBytes < 0 || layout.TextsAt + textBytes > input.Length)
            {
                throw new InvalidDataException("the heap tree's names are damaged");
            }

            input.Position = layout.TextsAt + textBytes;
            using var reader = new BinaryReader(input, Encoding.UTF8, leaveOpen: true);
            return new HeapTreeReader(input, layout, HeapGraphFile.ReadCompleteness(reader) with { Objects = layout.Objects, Bytes = layout.HeapBytes });
        }
        catch (EndOfStreamException cut)
        {
            throw new InvalidDataException("the heap tree is cut off", cut);
        }
        catch (Exception damage) when (damage is FormatException or OverflowException)
        {
            // A text whose length has too many bytes, sizes whose sum has too many bits.
            throw new InvalidDataException("the heap tree is damaged", damage);
        }
    }

    /// <summary>One row; null when there is no such number.</summary>
    public HeapTreeNode? Find(int id) => id >= 0 && id < _layout.Rows ? Nodes(id, 1)[0] : null;

    /// <summary>Children of a row, heaviest first.</summary>
    public IReadOnlyList<HeapTreeNode> Children(int id, int skip, int take)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, _layout.Rows);
        var row = Read(_input, _layout.RowsAt + ((long)id * HeapTreeLayout.RowBytes), HeapTreeLayout.RowBytes);
        var (first, count) = (BinaryPrimitives.ReadInt32LittleEndian(row.AsSpan(4)), BinaryPrimitives.ReadInt32LittleEndian(row.AsSpan(8)));
        if (count < 0 || (count > 0 && (first <= id || (long)first + count > _layout.Rows)))
        {
            throw Damaged();
        }

        return skip >= count ? [] : Nodes(first + skip, Math.Min(take, count - skip));
    }

    /// <summary>The rows above one, from the heap down.</summary>
    public IReadOnlyList<HeapTreeNode> Ancestors(int id)
    {
        var above = new List<HeapTreeNode>();
        for (var row = Find(id); row is { Parent: >= 0 }; )
        {
            row = row.Parent < row.Id && above.Count <= DeepestRow ? Find(row.Parent)! : throw Damaged();
            above.Add(row);
        }

        above.Reverse();
        return above;
    }

    /// <summary>Rows by type, the heaviest first.</summary>
    public IReadOnlyList<HeapTypeRow> TypeRows() => TypeRows(Names().Types);

    /// <summary>Everything that a comparison with another snapshot needs.</summary>
    public HeapState ToState()
    {
        var names = Names();
        return new HeapState
        {
            Types = TypeRows(names.Types),
            Dominators = Tree(names, _layout.RowsAt, _layout.Rows, HeapTreeLayout.RowBytes, figuresAt: 16, nameAt: 12),
            Objects = _layout.Objects,
            HeapBytes = _layout.HeapBytes,
            Completeness = Completeness,
        };
    }

    private IReadOnlyList<HeapTypeRow> TypeRows(IReadOnlyList<HeapType> types)
    {
        var figures = Read(_input, _layout.TypesAt, checked(_layout.Types * HeapTreeLayout.TypeBytes));
        var rows = new List<HeapTypeRow>();
        for (var type = 0; type < types.Count; type++)
        {
            var at = figures.AsSpan(type * HeapTreeLayout.TypeBytes);
            if (Int64(at) > 0)
            {
                rows.Add(new HeapTypeRow(types[type].Name, types[type].Module, Int64(at), Int64(at[8..]), Int64(at[16..])));
            }
        }

        return [.. rows.OrderByDescending(row => row.ShallowBytes).ThenBy(row => row.Type, StringComparer.Ordinal)];
    }

    /// <summary>Why the objects of a type are alive, in at most five ways. Null when the heap has no such type.</summary>
    /// <param name="type">Its name.</param>
    /// <param name="module">Its assembly; null for that of the type with most bytes among those of the name.</param>
    public IReadOnlyList<StoredPath>? PathsOf(string type, string? module = null)
    {
        var names = Names();
        var figures = Read(_input, _layout.TypesAt, checked(_layout.Types * HeapTreeLayout.TypeBytes));
        var group = Enumerable.Range(0, names.Types.Count).Where(index => names.Types[index].Name == type && (module is null || names.Types[index].Module == module))
            .OrderByDescending(index => Int64(figures.AsSpan((index * HeapTreeLayout.TypeBytes) + 8))).FirstOrDefault(-1);
        if (group < 0)
        {
            return null;
        }

        var tree = Tree(names, _layout.PathRowsAt, _layout.PathRows, HeapTreeLayout.PathRowBytes, figuresAt: 8, nameAt: 4);
        return [.. RetentionPaths.Of(tree, group).Select(path => new StoredPath([.. path.Steps.Select(tree.Name)], path.Objects, path.Bytes, path.Ways, path.SharedTail))];
    }

    private TypeTree Tree((IReadOnlyList<HeapType> Types, IReadOnlyList<HeapHolder> Holders) names, long at, int count, int rowBytes, int figuresAt, int nameAt)
    {
        var bytes = Read(_input, at, checked(count * rowBytes));
        var rows = new TypeTreeRow[count];
        for (var row = 0; row < count; row++)
        {
            var from = bytes.AsSpan(row * rowBytes, rowBytes);
            var (parent, name) = (BinaryPrimitives.ReadInt32LittleEndian(from), BinaryPrimitives.ReadInt32LittleEndian(from[nameAt..]));
            var isSound = row == 0 ? parent == -1 && name == -1 : parent >= 0 && parent < row && name >= 0 && name < _layout.Names;
            var depth = row == 0 ? 0 : isSound ? rows[parent].Depth + 1 : DeepestRow;
            var (objects, shallow) = (Int64(from[figuresAt..]), Int64(from[(figuresAt + 8)..]));
            if (!isSound || depth >= DeepestRow || objects < 0 || shallow < 0)
            {
                throw Damaged();
            }

            var isType = name >= 0 && name < _layout.Types;
            rows[row] = new TypeTreeRow(parent, isType ? name : TypeTree.NoType, isType || row == 0 ? default : names.Holders[name - _layout.Types], depth, objects, shallow);
        }

        return new TypeTree(TypeGroups.Named(names.Types), rows);
    }

    private List<HeapTreeNode> Nodes(int first, int count)
    {
        var bytes = Read(_input, _layout.RowsAt + ((long)first * HeapTreeLayout.RowBytes), count * HeapTreeLayout.RowBytes);
        var nodes = new List<HeapTreeNode>(count);
        for (var i = 0; i < count; i++)
        {
            var at = bytes.AsSpan(i * HeapTreeLayout.RowBytes, HeapTreeLayout.RowBytes);
            var name = BinaryPrimitives.ReadInt32LittleEndian(at[12..]);
            var (isHolder, text, module) = name == -1 ? (false, "heap", "") : NameOf(name);
            nodes.Add(new HeapTreeNode(
                first + i, BinaryPrimitives.ReadInt32LittleEndian(at), isHolder, text, module, Int64(at[16..]), Int64(at[24..]), Int64(at[32..]), BinaryPrimitives.ReadInt32LittleEndian(at[8..])));
        }

        return nodes;
    }

    private (bool IsHolder, string Name, string Module) NameOf(int name)
    {
        if (name < 0 || name >= _layout.Names)
        {
            throw Damaged();
        }

        var starts = Read(_input, _layout.NamesAt + ((long)name * sizeof(int)), 2 * sizeof(int));
        var (from, to) = (BinaryPrimitives.ReadInt32LittleEndian(starts), BinaryPrimitives.ReadInt32LittleEndian(starts.AsSpan(4)));
        var text = from >= 0 && to >= from && to - from <= LongestText ? Encoding.UTF8.GetString(Read(_input, _layout.TextsAt + from, to - from)) : throw Damaged();
        return name < _layout.Types ? (false, TypeOf(text).Name, TypeOf(text).Module) : (true, HolderOf(text).ToString(), "");
    }

    private (IReadOnlyList<HeapType> Types, IReadOnlyList<HeapHolder> Holders) Names()
    {
        var starts = Read(_input, _layout.NamesAt, checked((_layout.Names + 1) * sizeof(int)));
        int Start(int name) => BinaryPrimitives.ReadInt32LittleEndian(starts.AsSpan(name * sizeof(int)));
        var texts = Read(_input, _layout.TextsAt, Start(_layout.Names));
        var (types, holders) = (new List<HeapType>(_layout.Types), new List<HeapHolder>(_layout.Holders));
        for (var name = 0; name < _layout.Names; name++)
        {
            var (from, to) = (Start(name), Start(name + 1));
            var text = from >= 0 && to >= from && to <= texts.Length ? Encoding.UTF8.GetString(texts, from, to - from) : throw Damaged();
            if (name < _layout.Types)
            {
                types.Add(TypeOf(text));
            }
            else
            {
                holders.Add(HolderOf(text));
            }
        }

        return (types, holders);
    }

    private static HeapType TypeOf(string text) => text.Split('\0') is [var name, var module] ? new HeapType(name, module) : throw Damaged();

    private static HeapHolder HolderOf(string text) =>
        text.Split('\0') is [var kind, var name] && int.TryParse(kind, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new HeapHolder(number < 0 ? null : (HeapRootKind)number, name)
            : throw Damaged();

    // Only what the file holds is allocated for.
    private static byte[] Read(Stream input, long at, int count)
    {
        if (count < 0 || at + count > input.Length)
        {
            throw Damaged();
        }

        var bytes = new byte[count];
        input.Position = at;
        input.ReadExactly(bytes);
        return bytes;
    }

    private static long Int64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    private static InvalidDataException Damaged() => new("the heap tree is damaged");
}

namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>
/// All reachable objects grouped by the types on their way from a root: the dominator tree or the shortest paths of a heap with one row
/// for all objects that have the same types above them. Below row 0, the heap, come the holders, below them types. A type that occurs
/// again in the same order (a linked list, a tree) is folded into its first occurrence, so the depth depends on the types and not on
/// how much data there is. Each object is in exactly one row; the paths of types are the same in every run of a program.
/// </summary>
public sealed class TypeTree
{
    /// <summary>Type of row 0 and of holders.</summary>
    public const int NoType = -1;

    private readonly TypeTreeRow[] _rows;
    private readonly long[] _totalBytes;
    private readonly int[] _childStart;
    private readonly int[] _children;

    internal TypeTree(TypeGroups types, TypeTreeRow[] rows)
    {
        Types = types;
        _rows = rows;
        _totalBytes = new long[rows.Length];
        _childStart = new int[rows.Length + 1];
        _children = new int[rows.Length - 1];
        SumUp();
        ListChildren();
    }

    public TypeGroups Types { get; }

    public int Count => _rows.Length;

    /// <summary>Parents come before their children.</summary>
    public TypeTreeRow this[int row] => _rows[row];

    /// <summary>Shallow bytes of the row's objects and of all below it: in a dominator tree what they retain.</summary>
    public long TotalBytes(int row) => _totalBytes[row];

    /// <summary>Heaviest first.</summary>
    public ReadOnlySpan<int> Children(int row) => _children.AsSpan(_childStart[row], _childStart[row + 1] - _childStart[row]);

    /// <summary>Name of a row: its type as the runtime gives it, or its holder in words.</summary>
    public string Name(int row) => row == 0 ? "heap" : _rows[row].Type == NoType ? _rows[row].Holder.ToString() : Types.Names[_rows[row].Type].Name;

    /// <summary>The same as a programmer writes it.</summary>
    public string DisplayName(int row) => this[row].Type == NoType ? Name(row) : TypeShape.Display(Name(row));

    /// <summary>By what a row is found again beside its siblings in the tree of another snapshot.</summary>
    internal string Key(int row) => TypeKey.Of(DisplayName(row));

    /// <summary>Simple name of the assembly of a row's type; empty for holders and where unknown.</summary>
    public string Module(int row) => _rows[row].Type == NoType ? "" : Types.Names[_rows[row].Type].Module;

    /// <summary>Rows from the holder down to this one.</summary>
    public IReadOnlyList<int> PathTo(int row)
    {
        var path = new List<int>();
        for (; row > 0; row = _rows[row].Parent)
        {
            path.Add(row);
        }

        path.Reverse();
        return path;
    }

    /// <summary>All rows so that the children of each stand side by side, heaviest first, behind those of lighter numbers: the numbers of heap.tree.</summary>
    public int[] BreadthFirst()
    {
        var order = new int[_rows.Length];
        var last = 1;
        for (var at = 0; at < order.Length; at++)
        {
            foreach (var child in Children(order[at]))
            {
                order[last++] = child;
            }
        }

        return order;
    }

    private void SumUp()
    {
        for (var row = _rows.Length - 1; row >= 0; row--)
        {
            _totalBytes[row] += _rows[row].ShallowBytes;
            if (row > 0)
            {
                _totalBytes[_rows[row].Parent] += _totalBytes[row];
            }
        }
    }

    private void ListChildren()
    {
        for (var row = 1; row < _rows.Length; row++)
        {
            _childStart[_rows[row].Parent + 1]++;
        }

        for (var row = 1; row <= _rows.Length; row++)
        {
            _childStart[row] += _childStart[row - 1];
        }

        var next = _childStart[..^1];
        for (var row = 1; row < _rows.Length; row++)
        {
            _children[next[_rows[row].Parent]++] = row;
        }

        for (var row = 0; row < _rows.Length; row++)
        {
            _children.AsSpan(_childStart[row], _childStart[row + 1] - _childStart[row])
                .Sort((left, right) => _totalBytes[left] == _totalBytes[right] ? left.CompareTo(right) : _totalBytes[right].CompareTo(_totalBytes[left]));
        }
    }
}

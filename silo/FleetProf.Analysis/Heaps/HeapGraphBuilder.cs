using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps;

/// <summary>
/// Builds a heap graph from a stream: objects in any order, each announcing how many references it has, and the references of all
/// objects in the same order as their objects. Types may come before or after the objects that have them.
/// </summary>
public sealed unsafe class HeapGraphBuilder : IDisposable
{
    /// <summary>The smallest program has hundreds.</summary>
    private const int FewestTypes = 100;

    private readonly AddressBlocks _blocks = new();
    private readonly AddressColumn _addresses;
    private readonly GrowingSizes _sizes = new();
    private readonly GrowingColumn<int> _types = new();
    private readonly GrowingColumn<int> _edgeStarts = new();
    private readonly AddressColumn _edges;
    private readonly Dictionary<ulong, int> _typeIds = [];
    private readonly List<HeapType> _typeNames = [];
    private readonly List<(ulong Address, HeapRootKind Kind, string Label)> _roots = [];
    private readonly List<(ulong Key, ulong Value)> _dependents = [];
    private long _announcedEdges;
    private long _usableEdges = long.MaxValue;
    private long _totalBytes;
    private ulong _lastTypeId;
    private int _lastType = -1;

    public HeapGraphBuilder() => (_addresses, _edges) = (new AddressColumn(_blocks), new AddressColumn(_blocks));

    public long NodeCount => _addresses.Count;

    public void NameType(ulong typeId, HeapType type) => _typeNames[TypeOf(typeId)] = type;

    /// <summary>Name of a type that was named already; null otherwise.</summary>
    public string? TypeName(ulong typeId) => _typeIds.TryGetValue(typeId, out var index) && _typeNames[index].Name.Length > 0 ? _typeNames[index].Name : null;

    public void AddNode(ulong address, long shallowBytes, ulong typeId, long edgeCount)
    {
        if (shallowBytes < 0 || edgeCount is < 0 or > int.MaxValue || _announcedEdges + edgeCount > int.MaxValue)
        {
            throw new InvalidDataException($"object 0x{address:x} claims {shallowBytes} bytes and {edgeCount} references");
        }

        _addresses.Add(address);
        _sizes.Add(shallowBytes);
        _types.Add(typeId == _lastTypeId && _lastType >= 0 ? _lastType : TypeOf(typeId));
        _edgeStarts.Add((int)_announcedEdges);
        _announcedEdges += edgeCount;
        _totalBytes += shallowBytes;
    }

    public void AddEdge(ulong target) => _edges.Add(target);

    /// <summary>Objects are missing before the next one: references beyond those that were announced until now may be theirs, and are given to nobody.</summary>
    public void MissNodes() => _usableEdges = Math.Min(_usableEdges, _announcedEdges);

    /// <summary>References are missing before the next one: those that follow would be given to the wrong objects, and are given to nobody.</summary>
    public void MissEdges() => _usableEdges = Math.Min(_usableEdges, _edges.Count);

    /// <summary>Null roots are left out.</summary>
    public void AddRoot(ulong address, HeapRootKind kind, string label = "")
    {
        if (address != 0)
        {
            _roots.Add((address, kind, label));
        }
    }

    /// <summary>A dependent handle: the value lives as long as the key does.</summary>
    public void AddDependent(ulong key, ulong value)
    {
        if (key != 0 && value != 0)
        {
            _dependents.Add((key, value));
        }
    }

    /// <summary>Usable once: the builder's memory goes over to the graph.</summary>
    /// <remarks>Counts of what was seen and is missing are filled into <paramref name="seen"/>.</remarks>
    public HeapGraph Build(HeapCompleteness seen, int pointerBytes)
    {
        using var index = NodeIndex.Of(_addresses, _blocks);
        var edges = (int)Math.Min(Math.Min(_announcedEdges, _edges.Count), _usableEdges);
        var dependents = Resolve(index);
        var unresolved = index.Resolve(_edges, edges);
        var (edgeStart, edgeTarget) = BuildRows(edges, unresolved, dependents);
        var roots = new List<HeapRoot>();
        foreach (var (address, kind, label) in _roots)
        {
            if (index.Find(address) is >= 0 and var node)
            {
                roots.Add(new HeapRoot(node, kind, label));
            }
            else
            {
                unresolved++;
            }
        }

        return new HeapGraph
        {
            Types = [.. _typeNames.Select((type, i) => type.Name.Length > 0 ? type : new HeapType($"(unknown type {i})", ""))],
            EdgeStart = edgeStart,
            EdgeTarget = edgeTarget,
            TypeIndex = _types.ToArrayAndDispose(),
            ShallowBytes = _sizes.ToSizesAndDispose(),
            Address = _addresses.ToAddressesAndDispose(),
            Roots = roots,
            PointerBytes = pointerBytes,
            Completeness = seen with
            {
                Objects = edgeStart.Length - 1,
                Bytes = _totalBytes,
                UnresolvedEdges = unresolved,
                MissingEdges = Math.Max(0, _announcedEdges - edges),
                ReadProblem = seen.ReadProblem ?? (index.Duplicates > 0 ? $"{index.Duplicates} objects share their address with another one" : null) ?? MissingNames(),
            },
        };
    }

    public void Dispose()
    {
        _addresses.Dispose();
        _sizes.Dispose();
        _types.Dispose();
        _edgeStarts.Dispose();
        _edges.Dispose();
    }

    // A few types may be of unloaded code; without most of the names a snapshot answers nothing.
    private string? MissingNames()
    {
        var unnamed = _typeNames.Count(type => type.Name.Length == 0);
        return _typeNames.Count >= FewestTypes && unnamed * 2 > _typeNames.Count ? $"{unnamed} of {_typeNames.Count} types have no name in the recording" : null;
    }

    private int TypeOf(ulong typeId)
    {
        if (!_typeIds.TryGetValue(typeId, out var type))
        {
            type = _typeNames.Count;
            _typeNames.Add(new HeapType("", ""));
            _typeIds.Add(typeId, type);
        }

        (_lastTypeId, _lastType) = (typeId, type);
        return type;
    }

    private List<(int Key, int Value)> Resolve(NodeIndex index)
    {
        var found = new List<(int Key, int Value)>();
        foreach (var (key, value) in _dependents)
        {
            var keyNode = index.Find(key);
            var valueNode = index.Find(value);
            if (keyNode < 0)
            {
                AddRoot(value, HeapRootKind.DependentHandle);
            }
            else if (valueNode >= 0)
            {
                found.Add((keyNode, valueNode));
            }
        }

        return found;
    }

    // Announced edges are cut off where the stream ran out; edges that resolve to nothing are dropped.
    private (int[] Start, int[] Target) BuildRows(int edges, long unresolved, List<(int Key, int Value)> dependents)
    {
        var nodes = (int)_edgeStarts.Count;
        var resolved = (int*)_edges.Numbers;
        var values = dependents.ToLookup(dependent => dependent.Key, dependent => dependent.Value);
        int[] keys = [.. values.Select(key => key.Key).Order(), int.MaxValue];
        var start = new int[nodes + 1];
        var target = new int[edges - (int)unresolved + dependents.Count];
        var (used, edge, key) = (0, 0, 0);
        for (var node = 0; node < nodes; node++)
        {
            start[node] = used;
            for (var end = node + 1 < nodes ? Math.Min(edges, _edgeStarts.Values[node + 1]) : edges; edge < end; edge++)
            {
                if (resolved[edge] >= 0)
                {
                    target[used++] = resolved[edge];
                }
            }

            if (node == keys[key])
            {
                foreach (var value in values[node])
                {
                    target[used++] = value;
                }

                key++;
            }
        }

        start[nodes] = used;
        _edgeStarts.Dispose();
        _edges.Dispose();
        return (start, target);
    }
}

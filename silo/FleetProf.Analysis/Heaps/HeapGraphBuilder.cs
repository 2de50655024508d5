namespace FleetProf.Analysis.Heaps;

/// <summary>
/// Builds a heap graph from a stream: objects in any order, each announcing how many references it has, and the references of all
/// objects in the same order as their objects. Types may come before or after the objects that have them.
/// </summary>
public sealed class HeapGraphBuilder
{
    private readonly AddressColumn _addresses = new();
    private readonly ChunkedColumn<int> _bytes = new();
    private readonly Dictionary<int, long> _largeBytes = [];
    private readonly ChunkedColumn<int> _types = new();
    private readonly ChunkedColumn<int> _edgeCounts = new();
    private readonly AddressColumn _edges = new();
    private readonly Dictionary<ulong, int> _typeIds = [];
    /// <summary>The smallest program has hundreds.</summary>
    private const int FewestTypes = 100;

    private readonly List<HeapType> _typeNames = [];
    private readonly List<(ulong Address, HeapRootKind Kind, string Label)> _roots = [];
    private readonly List<(ulong Key, ulong Value)> _dependents = [];
    private long _announcedEdges;
    private long _totalBytes;
    private ulong _lastTypeId;
    private int _lastType = -1;

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

        if (shallowBytes > int.MaxValue)
        {
            _largeBytes.Add((int)_addresses.Count, shallowBytes);
        }

        _addresses.Add(address);
        _bytes.Add((int)Math.Min(shallowBytes, int.MaxValue));
        _types.Add(typeId == _lastTypeId && _lastType >= 0 ? _lastType : TypeOf(typeId));
        _edgeCounts.Add((int)edgeCount);
        _announcedEdges += edgeCount;
        _totalBytes += shallowBytes;
    }

    public void AddEdge(ulong target) => _edges.Add(target);

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
        var addresses = _addresses.DrainToArray();
        var index = new AddressIndex(addresses);
        var missingEdges = Math.Max(0, _announcedEdges - _edges.Count);
        var dependents = Resolve(index);
        var (edgeStart, edgeTarget, unresolved) = BuildRows(index, dependents);
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
            TypeIndex = _types.DrainToArray(),
            ShallowBytes = ShallowBytes(),
            Address = addresses,
            EdgeStart = edgeStart,
            EdgeTarget = edgeTarget,
            Roots = roots,
            PointerBytes = pointerBytes,
            Completeness = seen with
            {
                Objects = addresses.Length,
                Bytes = _totalBytes,
                UnresolvedEdges = unresolved,
                MissingEdges = missingEdges,
                ReadProblem = seen.ReadProblem ?? (index.Duplicates > 0 ? $"{index.Duplicates} objects share their address with another one" : null) ?? MissingNames(),
            },
        };
    }

    // A few types may be of unloaded code; without most of the names a snapshot answers nothing.
    private string? MissingNames()
    {
        var unnamed = _typeNames.Count(type => type.Name.Length == 0);
        return _typeNames.Count >= FewestTypes && unnamed * 2 > _typeNames.Count ? $"{unnamed} of {_typeNames.Count} types have no name in the recording" : null;
    }

    private long[] ShallowBytes()
    {
        var bytes = new long[_bytes.Count];
        var at = 0;
        foreach (var part in _bytes.Drain())
        {
            foreach (var size in part.Span)
            {
                bytes[at++] = size;
            }
        }

        foreach (var (node, size) in _largeBytes)
        {
            bytes[node] = size;
        }

        return bytes;
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

    private Dictionary<int, List<int>> Resolve(AddressIndex index)
    {
        var byKey = new Dictionary<int, List<int>>();
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
                (byKey.TryGetValue(keyNode, out var values) ? values : byKey[keyNode] = []).Add(valueNode);
            }
        }

        return byKey;
    }

    // Announced edges are cut off where the stream ran out; edges that resolve to nothing are dropped and counted.
    private (int[] Start, int[] Target, long Unresolved) BuildRows(AddressIndex index, Dictionary<int, List<int>> dependents)
    {
        var nodes = (int)_edgeCounts.Count;
        var start = new int[nodes + 1];
        var target = new int[Math.Min(_announcedEdges, _edges.Count) + dependents.Values.Sum(values => values.Count)];
        var used = 0;
        long unresolved = 0;
        using var edges = _edges.Drain().GetEnumerator();
        var chunk = ReadOnlyMemory<ulong>.Empty;
        var at = 0;
        for (var node = 0; node < nodes; node++)
        {
            start[node] = used;
            for (var left = _edgeCounts[node]; left > 0; left--, at++)
            {
                if (at == chunk.Length)
                {
                    if (!edges.MoveNext())
                    {
                        break;
                    }

                    (chunk, at) = (edges.Current, 0);
                }

                var found = index.Find(chunk.Span[at]);
                if (found >= 0)
                {
                    target[used++] = found;
                }
                else
                {
                    unresolved++;
                }
            }

            if (dependents.Count > 0 && dependents.TryGetValue(node, out var values))
            {
                values.CopyTo(target, used);
                used += values.Count;
            }
        }

        start[nodes] = used;
        Array.Resize(ref target, used);
        return (start, target, unresolved);
    }
}

namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>
/// Writes a .gcdump: a FastSerialization stream of one GCHeapDump that holds one MemoryGraph, as PerfView, Visual Studio and dotnet-gcdump
/// read it. Roots are pseudo nodes in front of the objects. Source: the format as PerfView's MemoryGraph and FastSerialization define it.
/// </summary>
public sealed class GcdumpWriter
{
    private readonly HeapGraph _graph;
    private readonly GcdumpRoots _roots;
    private readonly int[] _typeBytes;
    private readonly FastSerializationWriter _writer;

    private GcdumpWriter(HeapGraph graph, FastSerializationWriter writer)
    {
        _graph = graph;
        _roots = new GcdumpRoots(graph);
        _typeBytes = TypeBytes(graph);
        _writer = writer;
    }

    /// <exception cref="FormatLimitException">The graph is too large for the format's 32-bit offsets.</exception>
    public static void Write(HeapGraph graph, GcdumpFacts facts, Stream output)
    {
        using var stream = new FastSerializationWriter(output);
        new GcdumpWriter(graph, stream).WriteDump(facts);
        stream.Finish();
    }

    private void WriteDump(GcdumpFacts facts)
    {
        _writer.BeginObject("GCHeapDump", version: 10, minimumReader: 8);
        WriteMemoryGraph();
        _writer.Boolean(_graph.PointerBytes == 8);
        _writer.Single(1); // objects per sampled object: nothing was sampled
        _writer.Single(1);
        _writer.Null(); // JavaScript heap
        _writer.Null(); // segments
        _writer.Text(null); // collection log
        _writer.Int64(facts.TakenAt.UtcTicks);
        _writer.Text(facts.MachineName);
        _writer.Text(facts.ProcessName);
        _writer.Int32(facts.ProcessId);
        _writer.Int64(0); // commit
        _writer.Int64(0); // working set
        _writer.Int32(0); // multipliers by type
        _writer.TaggedNull(); // COM interop
        _writer.TaggedText("fleetprof");
        _writer.EndObject();
    }

    private void WriteMemoryGraph()
    {
        _writer.BeginObject("Graphs.MemoryGraph", version: 0, minimumReader: 0);
        _writer.Int64(_graph.HeapBytes);
        _writer.Int32(0); // index of the root node
        WriteTypes();
        WriteNodes();
        _writer.Int32(_roots.Nodes.Count + _graph.NodeCount);
        foreach (var _ in _roots.Nodes)
        {
            _writer.Int64(0);
        }

        foreach (var address in _graph.Address)
        {
            _writer.Int64((long)address);
        }

        _writer.TaggedBoolean(_graph.PointerBytes == 8);
        _writer.EndObject();
    }

    private void WriteTypes()
    {
        _writer.Int32(_graph.Types.Count + _roots.Nodes.Count);
        for (var type = 0; type < _graph.Types.Count; type++)
        {
            _writer.Text(TypeShape.Display(_graph.Types[type].Name)); // viewers expect C#-like names
            _writer.Int32(_typeBytes[type]);
            _writer.Text(_graph.Types[type].Module is { Length: > 0 } module ? module : null);
        }

        foreach (var node in _roots.Nodes)
        {
            _writer.Text(node.Name);
            _writer.Int32(0);
            _writer.Text(null);
        }
    }

    // Node offsets stand before the node data: one pass measures, the second writes. Neither keeps the data.
    private void WriteNodes()
    {
        var count = _roots.Nodes.Count + _graph.NodeCount;
        var buffer = new byte[1 << 16];
        _writer.Int32(count);
        long offset = 0;
        for (var node = 0; node < count; node++)
        {
            _writer.Int32((int)offset);
            offset += Encode(node, ref buffer);
            if (offset > int.MaxValue)
            {
                throw new FormatLimitException("the heap is too large for the .gcdump format");
            }
        }

        _writer.Int32((int)offset);
        for (var node = 0; node < count; node++)
        {
            var length = Encode(node, ref buffer);
            _writer.Bytes(buffer.AsSpan(0, length));
        }
    }

    private int Encode(int node, ref byte[] buffer)
    {
        var isRoot = node < _roots.Nodes.Count;
        var first = _roots.Nodes.Count;
        var children = isRoot ? _roots.Nodes[node].Children.ToArray() : _graph.References(node - first);
        var needed = (children.Length + 3) * GcdumpNumber.MaxLength;
        if (buffer.Length < needed)
        {
            buffer = new byte[needed];
        }

        var bytes = isRoot ? 0 : ClampedBytes(_graph.ShallowBytes[node - first]);
        var type = isRoot ? _graph.Types.Count + node : _graph.TypeIndex[node - first];
        var hasOwnSize = !isRoot && _typeBytes[type] != bytes;
        var length = GcdumpNumber.Write(buffer, (type << 1) | (hasOwnSize ? 1 : 0));
        if (hasOwnSize)
        {
            length += GcdumpNumber.Write(buffer.AsSpan(length), bytes);
        }

        length += GcdumpNumber.Write(buffer.AsSpan(length), children.Length);
        foreach (var child in children)
        {
            length += GcdumpNumber.Write(buffer.AsSpan(length), child + first - node);
        }

        return length;
    }

    private static int ClampedBytes(long bytes) => (int)Math.Min(bytes, int.MaxValue);

    // The format keeps the size of a type's first object with the type, and the size of an object only where it differs.
    private static int[] TypeBytes(HeapGraph graph)
    {
        var bytes = new int[graph.Types.Count];
        Array.Fill(bytes, -1);
        for (var node = 0; node < graph.NodeCount; node++)
        {
            ref var typeBytes = ref bytes[graph.TypeIndex[node]];
            typeBytes = typeBytes < 0 ? ClampedBytes(graph.ShallowBytes[node]) : typeBytes;
        }

        return bytes;
    }
}

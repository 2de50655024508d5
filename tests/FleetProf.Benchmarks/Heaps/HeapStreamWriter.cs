using System.Buffers.Binary;
using System.Text;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>Writes the stream of a heap snapshot to a file as a runtime would send it: nettrace version 4, bulk events of up to 64 KB.</summary>
internal sealed class HeapStreamWriter : IDisposable
{
    private const int EventHeaderBytes = 80;
    private const int MaxPayloadBytes = 60_000;
    private const int SequencePointBytes = 10_000_000;
    private readonly FileStream _file;
    private readonly Dictionary<int, int> _metadata = [];
    private readonly MemoryStream _nodes = new();
    private readonly MemoryStream _edges = new();
    private readonly byte[] _number = new byte[8];
    private int _nodeEvents;
    private int _edgeEvents;
    private int _nodeCount;
    private int _edgeCount;
    private int _sinceSequencePoint;

    public HeapStreamWriter(string path)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        _file.Write("Nettrace"u8);
        Text("!FastSerialization.1");
        Begin("Trace", 4);
        foreach (var part in (short[])[2026, 1, 4, 1, 12, 0, 0, 0])
        {
            Write(_file, (ushort)part, 2);
        }

        Write(_file, 0, 8);
        Write(_file, 1_000_000_000, 8);
        foreach (var part in (int[])[8, 42, 2, 1000])
        {
            Write(_file, (ulong)part, 4);
        }

        _file.WriteByte(6);
        Event(1, 2, Payload(payload => Numbers(payload, new(1, 4), new(2, 4), new(1, 4), new(0, 4), new(0, 2), new(0, 8)))); // GC 1, generation 2, induced
    }

    public void Type(int id, string name) => Event(15, 0, Payload(payload =>
    {
        Numbers(payload, new(1, 4), new(0, 2), new((ulong)id, 8), new(0, 8), new(0, 4), new(0, 4), new(0, 1));
        payload.Write(Encoding.Unicode.GetBytes(name + "\0"));
        Write(payload, 0, 4);
    }));

    public void Node(ulong address, int bytes, int type, int edges)
    {
        Numbers(_nodes, new(address, 8), new((ulong)bytes, 8), new((ulong)type, 8), new((ulong)edges, 8));
        _nodeCount++;
        if (_nodes.Length > MaxPayloadBytes)
        {
            FlushNodes();
        }
    }

    public void Edge(ulong target)
    {
        Numbers(_edges, new(target, 8), new(0, 4));
        _edgeCount++;
        if (_edges.Length > MaxPayloadBytes)
        {
            FlushEdges();
        }
    }

    public void Static(ulong address, int type, string field) => Event(38, 0, Payload(payload =>
    {
        Numbers(payload, new(1, 4), new(0, 8), new(0, 2), new(0, 8), new(address, 8), new((ulong)type, 8), new(0, 4));
        payload.Write(Encoding.Unicode.GetBytes(field + "\0"));
    }));

    /// <summary>Ends the walk, its collection and the file.</summary>
    public void Finish()
    {
        FlushNodes();
        FlushEdges();
        Event(2, 1, Payload(payload => Numbers(payload, new(1, 4), new(2, 4), new(0, 2))));
        _file.WriteByte(1);
    }

    public void Dispose()
    {
        _file.Dispose();
        _nodes.Dispose();
        _edges.Dispose();
    }

    private void FlushNodes() => Bulk(18, _nodes, ref _nodeEvents, ref _nodeCount);

    private void FlushEdges() => Bulk(19, _edges, ref _edgeEvents, ref _edgeCount);

    private void Bulk(int eventId, MemoryStream values, ref int index, ref int count)
    {
        var (number, amount) = (index++, count);
        Event(eventId, 0, Payload(payload =>
        {
            Numbers(payload, new((ulong)number, 4), new((ulong)amount, 4), new(0, 2));
            values.WriteTo(payload);
        }));
        values.SetLength(0);
        count = 0;
    }

    private void Event(int eventId, int version, byte[] payload)
    {
        if (!_metadata.TryGetValue(eventId, out var metadata))
        {
            metadata = _metadata.Count + 1;
            _metadata.Add(eventId, metadata);
            Block("MetadataBlock", 0, Payload(definition =>
            {
                Write(definition, (ulong)metadata, 4);
                definition.Write(Encoding.Unicode.GetBytes("Microsoft-Windows-DotNETRuntime\0"));
                Write(definition, (ulong)eventId, 4);
                definition.Write(Encoding.Unicode.GetBytes("\0"));
                Numbers(definition, new(0, 8), new((ulong)version, 4), new(4, 4), new(0, 4));
            }));
        }

        Block("EventBlock", metadata, payload);
        _sinceSequencePoint += payload.Length;
        if (_sinceSequencePoint > SequencePointBytes)
        {
            SequencePoint();
        }
    }

    // Up to here everything is in order: without such points a reader must hold all events back. The runtime writes one per 10 MB of buffers.
    private void SequencePoint()
    {
        _sinceSequencePoint = 0;
        Begin("SPBlock", 2);
        Write(_file, 24, 4);
        Align();
        Numbers(_file, new(1, 8), new(1, 4), new(1, 8), new(0, 4)); // time, threads, the thread and its sequence number
        _file.WriteByte(6);
    }

    private void Align()
    {
        while (_file.Position % 4 != 0)
        {
            _file.WriteByte(0);
        }
    }

    private void Block(string type, int metadata, byte[] payload)
    {
        Begin(type, 2);
        Write(_file, (ulong)(20 + EventHeaderBytes + payload.Length), 4);
        Align();
        Numbers(_file, new(20, 2), new(0, 2), new(0, 8), new(0, 8));
        Numbers(_file, new((ulong)(EventHeaderBytes - 4 + payload.Length), 4), new((ulong)metadata, 4), new(0, 4), new(1, 8), new(1, 8), new(0, 4), new(0, 4), new(1, 8), new(0, 8), new(0, 8), new(0, 8), new(0, 8), new((ulong)payload.Length, 4));
        _file.Write(payload);
        _file.WriteByte(6);
    }

    private void Begin(string type, int version)
    {
        _file.Write([5, 5, 1]);
        Write(_file, (ulong)version, 4);
        Write(_file, type == "Trace" ? 4UL : 0, 4);
        Text(type);
        _file.WriteByte(6);
    }

    private void Text(string text)
    {
        Write(_file, (ulong)text.Length, 4);
        _file.Write(Encoding.ASCII.GetBytes(text));
    }

    private static byte[] Payload(Action<MemoryStream> write)
    {
        using var payload = new MemoryStream();
        write(payload);
        return payload.ToArray();
    }

    private void Numbers(Stream output, params ReadOnlySpan<Number> numbers)
    {
        foreach (var (value, bytes) in numbers)
        {
            Write(output, value, bytes);
        }
    }

    private void Write(Stream output, ulong value, int bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_number, value);
        output.Write(_number, 0, bytes);
    }

    private readonly record struct Number(ulong Value, int Bytes);
}

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps;

/// <summary>
/// heap.graph, version 1. All numbers little-endian; strings are length-prefixed UTF-8 as BinaryWriter writes them.
/// <code>
/// "FPHG" | i32 version | i32 pointer bytes | i32 nodes N | i32 edges E | i32 types T | i32 roots R
/// | completeness: i64 expected bytes (-1 unknown), i64 unresolved, i64 missing edges, i64 lost bulk events, i64 lost events, u8 saw end, string read problem
/// | T x (string name, string module)
/// | N x i32 type | N x i64 shallow bytes | N x u64 address | N+1 x i32 edge start | E x i32 edge target
/// | R x (i32 node, u8 kind, string label)
/// | 32 bytes SHA-256 of all before
/// </code>
/// </summary>
public static class HeapGraphFile
{
    public const int Version = 1;
    private const int HashBytes = 32;
    private const int ListSlice = 1 << 16;

    public static ReadOnlySpan<byte> Magic => "FPHG"u8;

    public static void Write(HeapGraph graph, Stream output)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var hashed = new HashingStream(output, hash))
        using (var writer = new BinaryWriter(hashed, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            foreach (var number in (ReadOnlySpan<int>)[Version, graph.PointerBytes, graph.NodeCount, graph.EdgeCount, graph.Types.Count, graph.Roots.Count])
            {
                writer.Write(number);
            }

            WriteCompleteness(writer, graph.Completeness);
            foreach (var type in graph.Types)
            {
                writer.Write(type.Name);
                writer.Write(type.Module);
            }

            writer.Flush();
            WriteColumn<int>(hashed, graph.TypeIndex);
            WriteList(hashed, graph.ShallowBytes);
            WriteList(hashed, graph.Address);
            WriteColumn<int>(hashed, graph.EdgeStart);
            WriteColumn<int>(hashed, graph.EdgeTarget);
            foreach (var root in graph.Roots)
            {
                writer.Write(root.Node);
                writer.Write((byte)root.Kind);
                writer.Write(root.Label);
            }
        }

        output.Write(hash.GetHashAndReset());
    }

    /// <exception cref="InvalidDataException">Not a heap graph, another version, cut, or its checksum is wrong.</exception>
    public static HeapGraph Read(Stream input)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var hashed = new HashingStream(input, hash);
            using var reader = new BinaryReader(hashed, Encoding.UTF8, leaveOpen: true);
            var graph = ReadBody(reader, hashed);
            var stored = new byte[HashBytes];
            input.ReadExactly(stored);
            return !stored.AsSpan().SequenceEqual(hash.GetHashAndReset()) ? throw new InvalidDataException("the heap graph's checksum is wrong")
                : AreIndexesSound(graph) ? graph
                : throw new InvalidDataException("the heap graph refers to what it does not hold");
        }
        catch (EndOfStreamException cut)
        {
            throw new InvalidDataException("the heap graph is cut off", cut);
        }
        catch (Exception damage) when (damage is FormatException or OverflowException)
        {
            // A text whose length has too many bytes, sizes whose sum has too many bits.
            throw new InvalidDataException("the heap graph is damaged", damage);
        }
    }

    // The checksum only tells accidents: whoever writes a file can write its checksum as well.
    private static bool AreIndexesSound(HeapGraph graph)
    {
        var (nodes, start) = (graph.NodeCount, graph.EdgeStart);
        var isSound = start[0] == 0 && start[nodes] == graph.EdgeCount && graph.Roots.All(root => (uint)root.Node < (uint)nodes);
        for (var node = 0; node < nodes && isSound; node++)
        {
            isSound = start[node] <= start[node + 1] && (uint)graph.TypeIndex[node] < (uint)graph.Types.Count && graph.ShallowBytes[node] >= 0;
        }

        return isSound && !graph.EdgeTarget.AsSpan().ContainsAnyExceptInRange(0, nodes - 1);
    }

    private static HeapGraph ReadBody(BinaryReader reader, HashingStream hashed)
    {
        if (!reader.ReadBytes(4).AsSpan().SequenceEqual(Magic))
        {
            throw new InvalidDataException("not a heap graph");
        }

        var version = reader.ReadInt32();
        if (version != Version)
        {
            throw new InvalidDataException($"heap graph version {version}; this reader knows version {Version}");
        }

        var pointerBytes = reader.ReadInt32();
        var (nodes, edges, types, roots) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        if (nodes is < 0 or int.MaxValue || edges < 0 || types < 0 || roots < 0)
        {
            throw new InvalidDataException("the heap graph's counts are damaged");
        }

        var completeness = ReadCompleteness(reader);
        var typeList = new List<HeapType>();
        for (var i = 0; i < types; i++)
        {
            typeList.Add(new HeapType(ReadText(reader), ReadText(reader)));
        }

        var typeIndex = ReadColumn<int>(hashed, nodes);
        using var sizes = new GrowingSizes();
        ReadList<long>(hashed, nodes, sizes.Add);
        using var addresses = new AddressColumn(new AddressBlocks());
        ReadList<ulong>(hashed, nodes, addresses.Add);
        var edgeStart = ReadColumn<int>(hashed, nodes + 1);
        var edgeTarget = ReadColumn<int>(hashed, edges);
        var rootList = new List<HeapRoot>();
        for (var i = 0; i < roots; i++)
        {
            rootList.Add(new HeapRoot(reader.ReadInt32(), (HeapRootKind)reader.ReadByte(), ReadText(reader)));
        }

        var shallowBytes = sizes.ToSizesAndDispose();
        return new HeapGraph
        {
            Types = typeList,
            TypeIndex = typeIndex,
            ShallowBytes = shallowBytes,
            Address = addresses.ToAddressesAndDispose(),
            EdgeStart = edgeStart,
            EdgeTarget = edgeTarget,
            Roots = rootList,
            PointerBytes = pointerBytes,
            Completeness = completeness with { Objects = nodes, Bytes = shallowBytes.Total },
        };
    }

    internal static void WriteCompleteness(BinaryWriter writer, HeapCompleteness completeness)
    {
        writer.Write(completeness.ExpectedBytes ?? -1);
        writer.Write(completeness.UnresolvedEdges);
        writer.Write(completeness.MissingEdges);
        writer.Write(completeness.LostBulkEvents);
        writer.Write(completeness.LostEvents);
        writer.Write(completeness.SawEnd);
        writer.Write(completeness.ReadProblem ?? "");
    }

    internal static HeapCompleteness ReadCompleteness(BinaryReader reader) => new()
    {
        ExpectedBytes = reader.ReadInt64() is >= 0 and var expected ? expected : null,
        UnresolvedEdges = reader.ReadInt64(),
        MissingEdges = reader.ReadInt64(),
        LostBulkEvents = reader.ReadInt64(),
        LostEvents = reader.ReadInt64(),
        SawEnd = reader.ReadBoolean(),
        ReadProblem = ReadText(reader) is { Length: > 0 } problem ? problem : null,
    };

    /// <summary>As BinaryReader reads texts, which calls a length below zero a failure of the disk.</summary>
    private static string ReadText(BinaryReader reader)
    {
        var length = reader.Read7BitEncodedInt();
        if (length < 0)
        {
            throw new InvalidDataException("a text has a length below zero");
        }

        // Grown as bytes arrive, like a column.
        var text = new ArrayBufferWriter<byte>();
        while (text.WrittenCount < length)
        {
            var free = text.GetSpan();
            var count = reader.Read(free[..Math.Min(free.Length, length - text.WrittenCount)]);
            text.Advance(count > 0 ? count : throw new EndOfStreamException());
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void WriteColumn<T>(Stream output, ReadOnlySpan<T> column) where T : unmanaged
    {
        const int slice = 1 << 20;
        for (var at = 0; at < column.Length; at += slice)
        {
            output.Write(MemoryMarshal.AsBytes(column.Slice(at, Math.Min(slice, column.Length - at))));
        }
    }

    private static void WriteList<T>(Stream output, IReadOnlyList<T> list) where T : unmanaged
    {
        var slice = new T[ListSlice];
        for (var at = 0; at < list.Count; at += ListSlice)
        {
            var length = Math.Min(ListSlice, list.Count - at);
            for (var i = 0; i < length; i++)
            {
                slice[i] = list[at + i];
            }

            output.Write(MemoryMarshal.AsBytes(slice.AsSpan(0, length)));
        }
    }

    private static void ReadList<T>(HashingStream input, int count, Action<T> add) where T : unmanaged
    {
        var slice = new T[ListSlice];
        for (var at = 0; at < count; at += ListSlice)
        {
            var read = slice.AsSpan(0, Math.Min(ListSlice, count - at));
            input.ReadExactly(MemoryMarshal.AsBytes(read));
            foreach (var value in read)
            {
                add(value);
            }
        }
    }

    // Where the file does not say how long it is, grown as bytes arrive: a damaged count must not allocate what the file does not hold.
    private static T[] ReadColumn<T>(HashingStream input, int count) where T : unmanaged
    {
        const int slice = 1 << 20;
        var isSure = (long)count * Unsafe.SizeOf<T>() <= input.RemainingBytes;
        var column = new T[isSure ? count : Math.Min(count, slice)];
        for (var at = 0; at < count; at += slice)
        {
            if (at == column.Length)
            {
                Array.Resize(ref column, (int)Math.Min(count, column.Length * 2L));
            }

            input.ReadExactly(MemoryMarshal.AsBytes(column.AsSpan(at, Math.Min(slice, count - at))));
        }

        return column;
    }
}

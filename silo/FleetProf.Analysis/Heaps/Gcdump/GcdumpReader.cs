using System.Globalization;
using System.Text;

namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>
/// Reads the object graph of a .gcdump that dotnet-gcdump, PerfView, Visual Studio or <see cref="GcdumpWriter"/> wrote. Root pseudo nodes
/// become roots. Bytes are not trusted: every count is checked against what the stream still holds.
/// </summary>
public sealed class GcdumpReader
{
    private const int OldestVersion = 8;

    /// <summary>Where nothing was sampled the factor is 1.</summary>
    private const float LeastSampling = 1.001f;

    private readonly Stream _input;
    private readonly BinaryReader _reader;

    private GcdumpReader(Stream input, BinaryReader reader)
    {
        _input = input;
        _reader = reader;
    }

    public static ReadOnlySpan<byte> Magic => "\x14\0\0\0!FastSerialization.1"u8;

    /// <summary>The stream must be seekable: its length bounds what counts may claim.</summary>
    /// <exception cref="InvalidDataException">Not a .gcdump, damaged, or of a kind this reader does not know.</exception>
    public static HeapGraph Read(Stream input)
    {
        try
        {
            using var reader = new BinaryReader(input, Encoding.UTF8, leaveOpen: true);
            var dump = new GcdumpReader(input, reader);
            var nodes = dump.ReadNodes(out var is64Bit);
            return nodes.ToHeapGraph(is64Bit ? 8 : 4, dump.ReadSampling());
        }
        catch (EndOfStreamException cut)
        {
            throw new InvalidDataException("the .gcdump is cut off", cut);
        }
        catch (Exception damage) when (damage is IndexOutOfRangeException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("the .gcdump's node data is damaged", damage);
        }
    }

    private GcdumpNodes ReadNodes(out bool is64Bit)
    {
        if (!_reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
        {
            throw new InvalidDataException("not a .gcdump: it does not begin with '!FastSerialization.1'");
        }

        BeginObject("GCHeapDump", out var version, out _);
        if (version < OldestVersion)
        {
            throw new InvalidDataException($".gcdump version {version} is older than {OldestVersion}, the oldest this reader knows");
        }

        BeginObject("Graphs.MemoryGraph", out _, out var minimumReader);
        if (minimumReader > 0)
        {
            throw new InvalidDataException("the .gcdump comes from a native heap whose type names are elsewhere");
        }

        _reader.ReadInt64(); // total bytes
        var root = _reader.ReadInt32();
        var types = ReadTypes();
        var offsets = ReadInts(Count(bytesEach: 4));
        var data = _reader.ReadBytes(Count(bytesEach: 1));
        var addresses = new ulong[Count(bytesEach: 8)];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = _reader.ReadUInt64();
        }

        is64Bit = !ReadTaggedFalse();
        return addresses.Length == offsets.Length && root >= 0 && root < offsets.Length
            ? new GcdumpNodes(root, types, offsets, data, addresses)
            : throw new InvalidDataException("the .gcdump's tables do not fit each other");
    }

    /// <summary>What is wrong with a heap of which PerfView, having found it too large, kept a sample only. Null when nothing is, or the file ends with its graph.</summary>
    private string? ReadSampling()
    {
        const int EndPlatformAndFactors = 1 + 1 + 2 * sizeof(float);
        if (_input.Length - _input.Position < EndPlatformAndFactors || _reader.ReadByte() != (byte)FastSerializationTag.EndObject)
        {
            return null;
        }

        _reader.ReadByte(); // whether the process has 64 bits, once more
        var objectsPerSampled = _reader.ReadSingle();
        return objectsPerSampled > LeastSampling ? string.Create(CultureInfo.InvariantCulture, $"the file holds a sample, one object in {objectsPerSampled:0.#}: counts and sizes are those of the sample") : null;
    }

    private void BeginObject(string expectedType, out int version, out int minimumReader)
    {
        Expect(FastSerializationTag.BeginObject);
        Expect(FastSerializationTag.BeginObject);
        Expect(FastSerializationTag.NullReference);
        version = _reader.ReadInt32();
        minimumReader = _reader.ReadInt32();
        var type = ReadText();
        if (type != expectedType)
        {
            throw new InvalidDataException($"the stream holds a {type} where a {expectedType} must be");
        }

        Expect(FastSerializationTag.EndObject);
    }

    private void Expect(FastSerializationTag tag)
    {
        if (_reader.ReadByte() != (byte)tag)
        {
            throw new InvalidDataException($"damaged at byte {_input.Position - 1}: no {tag}");
        }
    }

    private (HeapType Type, int Bytes)[] ReadTypes()
    {
        var types = new (HeapType, int)[Count(bytesEach: 12)];
        for (var i = 0; i < types.Length; i++)
        {
            var name = ReadText() ?? $"(unnamed type {i})";
            var bytes = _reader.ReadInt32();
            types[i] = (new HeapType(name, SimpleName(ReadText() ?? "")), bytes);
        }

        return types;
    }

    private int[] ReadInts(int count)
    {
        var values = new int[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = _reader.ReadInt32();
        }

        return values;
    }

    private bool ReadTaggedFalse() => _reader.ReadByte() == (byte)FastSerializationTag.Byte && _reader.ReadByte() == 0;

    private int Count(int bytesEach)
    {
        var count = _reader.ReadInt32();
        return count >= 0 && (long)count * bytesEach <= _input.Length - _input.Position
            ? count
            : throw new InvalidDataException($"the .gcdump claims {count} entries, more than it holds");
    }

    private string? ReadText()
    {
        var length = _reader.ReadInt32();
        if (length < 0)
        {
            return null;
        }

        if (length > _input.Length - _input.Position)
        {
            throw new InvalidDataException($"the .gcdump claims a text of {length} characters, more than it holds");
        }

        var text = new StringBuilder(length);
        for (var i = 0; i < length; i++)
        {
            var b = _reader.ReadByte();
            text.Append(b switch
            {
                < 0x80 => (char)b,
                < 0xE0 => (char)(((b & 0x1F) << 6) | (_reader.ReadByte() & 0x3F)),
                _ => (char)(((b & 0x0F) << 12) | ((_reader.ReadByte() & 0x3F) << 6) | (_reader.ReadByte() & 0x3F)),
            });
        }

        return text.ToString();
    }

    private static string SimpleName(string path)
    {
        var name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }
}

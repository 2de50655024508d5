using System.Buffers.Binary;

namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>The part of the FastSerialization stream format that a .gcdump needs, with 4-byte stream labels.</summary>
internal sealed class FastSerializationWriter : IDisposable
{
    public const string Signature = "!FastSerialization.1";
    private const int BufferBytes = 1 << 16;

    private readonly Stream _inner;
    private readonly MemoryStream _buffer = new(BufferBytes);
    private readonly List<int> _forwardDefinitions = [];
    private long _position;

    public FastSerializationWriter(Stream output)
    {
        _inner = output;
        Text(Signature);
    }

    /// <summary>Starts an object and states its type; write its fields, then <see cref="EndObject"/>.</summary>
    public void BeginObject(string typeName, int version, int minimumReader)
    {
        Tag(FastSerializationTag.BeginObject);
        Tag(FastSerializationTag.BeginObject);
        Null(); // the type of a type is itself unnamed
        Int32(version);
        Int32(minimumReader);
        Text(typeName);
        EndObject();
    }

    public void EndObject() => Tag(FastSerializationTag.EndObject);

    public void Null() => Tag(FastSerializationTag.NullReference);

    public void Boolean(bool value) => Bytes([value ? (byte)1 : (byte)0]);

    public void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Single(float value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Bytes(bytes);
    }

    /// <summary>Length in UTF-16 units, then each unit as one to three bytes (surrogates are encoded one by one); -1 for null.</summary>
    public void Text(string? text)
    {
        Int32(text?.Length ?? -1);
        foreach (var c in text ?? "")
        {
            switch (c)
            {
                case <= '\x7F':
                    Bytes([(byte)c]);
                    break;
                case <= '\x7FF':
                    Bytes([(byte)(0xC0 | (c >> 6)), (byte)(0x80 | (c & 0x3F))]);
                    break;
                default:
                    Bytes([(byte)(0xE0 | (c >> 12)), (byte)(0x80 | ((c >> 6) & 0x3F)), (byte)(0x80 | (c & 0x3F))]);
                    break;
            }
        }
    }

    public void TaggedBoolean(bool value)
    {
        Tag(FastSerializationTag.Byte);
        Boolean(value);
    }

    public void TaggedText(string text)
    {
        Tag(FastSerializationTag.String);
        Text(text);
    }

    /// <summary>An optional object that is absent: a region that readers may skip by the forward reference to its end.</summary>
    public void TaggedNull()
    {
        Tag(FastSerializationTag.SkipRegion);
        Int32(_forwardDefinitions.Count);
        Null();
        _forwardDefinitions.Add(Label());
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length + bytes.Length > BufferBytes)
        {
            Flush();
        }

        _buffer.Write(bytes);
        _position += bytes.Length;
    }

    /// <summary>Ends the stream: forward reference table, trailer, and the label that readers find at the very end.</summary>
    public void Finish()
    {
        EndObject();
        var table = Label();
        Int32(_forwardDefinitions.Count);
        foreach (var definition in _forwardDefinitions)
        {
            Int32(definition);
        }

        var trailer = Label();
        Int32(table);
        Int32(trailer);
        Flush();
    }

    /// <summary>Leaves the stream behind it open.</summary>
    public void Dispose() => _buffer.Dispose();

    private void Flush()
    {
        _buffer.WriteTo(_inner);
        _buffer.SetLength(0);
    }

    // Labels are unsigned 32-bit positions.
    private int Label() => _position <= uint.MaxValue ? unchecked((int)(uint)_position) : throw new FormatLimitException("the heap is too large for the .gcdump format");

    private void Tag(FastSerializationTag tag) => Bytes([(byte)tag]);
}

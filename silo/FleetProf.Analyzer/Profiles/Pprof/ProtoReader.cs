using System.Buffers.Binary;

namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>Walks the fields of one protobuf message, checking every length. Source: protobuf.dev, "Encoding".</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Of a number; 0 for fields with a length.</summary>
    public ulong Value { get; private set; }

    /// <summary>Of a text, message or packed list; empty for numbers.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    private bool _isPayload;

    /// <summary>False at the end of the message.</summary>
    /// <exception cref="UnreadableArtifactException">The bytes are no protobuf message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var key = Varint(ref _rest);
        Field = (int)(key >> 3 & 0x1FFFFFFF);
        Value = 0;
        Payload = default;
        _isPayload = false;
        switch (key & 7)
        {
            case 0:
                Value = Varint(ref _rest);
                break;
            case 1:
                Value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                var length = Varint(ref _rest);
                Payload = Take(length);
                _isPayload = true;
                break;
            case 5:
                Value = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Damaged();
        }

        return true;
    }

    /// <summary>Adds the numbers of the field, which may stand alone or packed together.</summary>
    public readonly void AddNumbersTo(List<ulong> numbers)
    {
        if (!_isPayload)
        {
            numbers.Add(Value);
            return;
        }

        for (var packed = Payload; !packed.IsEmpty;)
        {
            numbers.Add(Varint(ref packed));
        }
    }

    public static UnreadableArtifactException Damaged() => new("the file is no pprof profile, or a damaged one: a field runs over the end of its message, or is of no known form");

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw Damaged();
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw Damaged();
    }
}

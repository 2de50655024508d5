using System.Buffers;
using System.Text;

namespace FleetProf.Analysis.Profiles;

/// <summary>The three protobuf wire shapes that profile.proto needs: varint, bytes and packed varints.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public void Varint(int field, long value)
    {
        if (value != 0)
        {
            Raw((ulong)field << 3);
            Raw((ulong)value);
        }
    }

    public void Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public void Message(int field, ProtoWriter message) => Bytes(field, message._buffer.WrittenSpan);

    public void Packed(int field, IEnumerable<long> values)
    {
        var packed = new ProtoWriter();
        foreach (var value in values)
        {
            packed.Raw((ulong)value);
        }

        Message(field, packed);
    }

    public void Clear() => _buffer.ResetWrittenCount();

    public void CopyTo(Stream output) => output.Write(_buffer.WrittenSpan);

    private void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)bytes.Length);
        _buffer.Write(bytes);
    }

    private void Raw(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FleetProf.Measures.Traces;

/// <summary>Reads little-endian values from a span and never beyond it: what does not fit is a <see cref="NettraceFormatException"/>.</summary>
internal ref struct BlockCursor(ReadOnlySpan<byte> data, long position, NettraceError error)
{
    private readonly ReadOnlySpan<byte> data = data;
    private int next;

    public readonly bool IsAtEnd => next >= data.Length;

    public readonly long Position => position + next;

    public readonly int Remaining => data.Length - next;

    public byte ReadByte() => Take(1)[0];

    public short ReadInt16() => BinaryPrimitives.ReadInt16LittleEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public uint ReadVarUInt32()
    {
        var value = ReadVarUInt64();
        return value <= uint.MaxValue ? (uint)value : throw TooLong();
    }

    // Most are small: that case alone is worth inlining.
    public ulong ReadVarUInt64() => next < data.Length && data[next] < 0x80 ? data[next++] : ReadLongVarUInt64();

    private ulong ReadLongVarUInt64()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (next >= data.Length) throw Fail("The block ends inside a compressed number.");
            var part = data[next++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return shift < 63 || part <= 1 ? value : throw Fail("A compressed number has more than 64 bits.");
        }
        throw Fail("A compressed number has more than 64 bits.");
    }

    /// <summary>UTF-16 up to its zero.</summary>
    public ReadOnlySpan<char> ReadText()
    {
        var rest = data[next..];
        // Not MemoryMarshal.Cast on the whole: the text may start at an odd address, which Cast of a span allows on every CPU we run on.
        var length = MemoryMarshal.Cast<byte, char>(rest).IndexOf('\0');
        if (length < 0) throw Fail("A text does not end within its block.");
        next += (length + 1) * sizeof(char);
        return MemoryMarshal.Cast<byte, char>(rest[..(length * sizeof(char))]);
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)(data.Length - next)) throw TooShort(count);
        next += count;
        return data.Slice(next - count, count);
    }

    private readonly NettraceFormatException TooLong() => Fail("A compressed number has more than 32 bits.");

    private readonly NettraceFormatException TooShort(int count) => Fail($"{count} bytes were expected and {data.Length - next} are left.");

    public readonly NettraceFormatException Fail(string message) => new(error, position + next, message);
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Tracing;

namespace FleetProf.Analyzer.Heaps;

/// <summary>
/// Bounds-checked reader of one bulk heap event's payload. TraceEvent's accessors check only in debug builds, so a hostile count would
/// read past the payload.
/// </summary>
internal unsafe ref struct BulkEvent(TraceEvent data)
{
    private ReadOnlySpan<byte> _rest = new((void*)data.DataStart, data.EventDataLength);
    private readonly bool _isWide = data.PointerSize == 8;

    /// <summary>Set when the payload ended too early; what was read after that is zero.</summary>
    public bool IsDamaged { get; private set; }

    public byte U8() => Take(1) is { Length: 1 } bytes ? bytes[0] : (byte)0;

    public short I16() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadInt16LittleEndian(bytes) : (short)0;

    public int I32() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    public long I64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    public ulong Pointer() => _isWide ? (ulong)I64() : (uint)I32();

    /// <summary>Length of a pointer in bytes.</summary>
    public int PointerBytes => _isWide ? sizeof(ulong) : sizeof(uint);

    /// <summary>As many whole records as there are, at most those that are announced.</summary>
    public ReadOnlySpan<byte> Records(int count, int bytesEach)
    {
        var whole = Math.Clamp(count, 0, _rest.Length / bytesEach);
        var records = Take(whole * bytesEach);
        IsDamaged |= whole < count;
        return records;
    }

    /// <summary>Zero-terminated UTF-16.</summary>
    public string Text()
    {
        var chars = MemoryMarshal.Cast<byte, char>(_rest);
        var end = chars.IndexOf('\0');
        if (end < 0)
        {
            Take(_rest.Length + 1);
            return "";
        }

        Take((end + 1) * sizeof(char));
        return new string(chars[..end]);
    }

    public void Skip(long bytes) => Take(bytes);

    private ReadOnlySpan<byte> Take(long bytes)
    {
        if (bytes < 0 || bytes > _rest.Length)
        {
            IsDamaged = true;
            _rest = default;
            return default;
        }

        var taken = _rest[..(int)bytes];
        _rest = _rest[(int)bytes..];
        return taken;
    }
}

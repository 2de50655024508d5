using System.Buffers.Binary;

namespace FleetProf.Measures.GcPauses;

/// <summary>
/// The byte form of a sketch, version 1: version byte; varint zero count; varint number of buckets; then, unless all is empty,
/// min and max as doubles; then per bucket the varint distance to the previous index (the first: to the lowest index) and its varint count.
/// </summary>
internal static class SketchBytes
{
    private const byte Version = 1;
    private const int MostOnStack = 64;

    public static byte[] Write(DdSketch sketch)
    {
        var filled = 0;
        foreach (var count in sketch.Counts) filled += count > 0 ? 1 : 0;
        var bytes = new List<byte>(24 + filled * 3) { Version };
        WriteNumber(bytes, (ulong)sketch.ZeroCount);
        WriteNumber(bytes, (ulong)filled);
        if (sketch.IsEmpty) return [.. bytes];
        WriteDouble(bytes, sketch.Min);
        WriteDouble(bytes, sketch.Max);
        var previous = DdSketch.LowestIndex;
        for (var i = 0; i < sketch.Counts.Length; i++)
        {
            if (sketch.Counts[i] == 0) continue;
            WriteNumber(bytes, (ulong)(sketch.Offset + i - previous));
            WriteNumber(bytes, (ulong)sketch.Counts[i]);
            previous = sketch.Offset + i;
        }
        return [.. bytes];
    }

    /// <summary>Adds what the bytes hold, and says how many values that are. All is checked first, so that a sketch never takes a part of damaged bytes.</summary>
    /// <param name="bytes">By <see cref="Write"/>.</param>
    /// <param name="into">Null: they are only checked and counted.</param>
    public static long Merge(ReadOnlySpan<byte> bytes, DdSketch? into)
    {
        if (bytes.IsEmpty) throw new FormatException("A sketch has at least three bytes; this one is empty.");
        if (bytes[0] != Version) throw new FormatException($"Sketch version {bytes[0]} is not known here; this side reads version {Version}. Update it.");
        var rest = bytes[1..];
        var zeroCount = ReadCount(ref rest);
        var filled = ReadNumber(ref rest);
        if (filled > (ulong)(DdSketch.HighestIndex - DdSketch.LowestIndex + 1)) throw new FormatException($"A sketch cannot have {filled} buckets.");
        if (zeroCount == 0 && filled == 0)
        {
            if (!rest.IsEmpty) throw TrailingBytes(rest.Length);
            return 0;
        }

        var min = ReadDouble(ref rest);
        var max = ReadDouble(ref rest);

        // Every bucket takes two bytes or more: a count that the bytes cannot hold never allocates.
        if (filled > (ulong)rest.Length / 2) throw new FormatException($"A sketch of {filled} buckets cannot fit into {rest.Length} bytes.");
        Span<(int Index, long Count)> onStack = stackalloc (int Index, long Count)[MostOnStack];
        var buckets = filled <= MostOnStack ? onStack[..(int)filled] : new (int Index, long Count)[filled];
        var count = ReadBuckets(ref rest, buckets, zeroCount);
        if (!rest.IsEmpty) throw TrailingBytes(rest.Length);
        CheckEnds(min, max, zeroCount, buckets);
        into?.AddBuckets(zeroCount, min, max, buckets);
        return count;
    }

    private static long ReadBuckets(ref ReadOnlySpan<byte> rest, scoped Span<(int Index, long Count)> buckets, long total)
    {
        long index = DdSketch.LowestIndex;
        for (var i = 0; i < buckets.Length; i++)
        {
            var distance = ReadNumber(ref rest);
            if (distance > (ulong)(DdSketch.HighestIndex - index) || (i > 0 && distance == 0)) throw new FormatException($"Bucket {i} of the sketch is out of order or out of range.");
            index += (long)distance;
            var count = ReadCount(ref rest);
            if (count == 0) throw new FormatException($"Bucket {i} of the sketch is empty; empty buckets are not written.");
            if (count > long.MaxValue - total) throw new FormatException("The counts of the sketch overflow.");
            total += count;
            buckets[i] = ((int)index, count);
        }
        return total;
    }

    private static void CheckEnds(double min, double max, long zeroCount, ReadOnlySpan<(int Index, long Count)> buckets)
    {
        var isFine = min >= 0 && max <= DdSketch.LargestValue && min <= max
            && (zeroCount > 0 ? min < DdSketch.SmallestValue : Holds(buckets[0].Index, min))
            && (buckets.Length == 0 ? max < DdSketch.SmallestValue : Holds(buckets[^1].Index, max));
        if (!isFine) throw new FormatException($"The sketch's smallest ({min}) or largest ({max}) value does not lie in its buckets.");
    }

    // One bucket of slack: the logarithm's last bit may differ between the machine that wrote and the one that reads.
    private static bool Holds(int index, double value) => value >= DdSketch.SmallestValue && Math.Abs(DdSketch.IndexOf(value) - index) <= 1;

    private static FormatException TrailingBytes(int count) => new($"The sketch is followed by {count} bytes that do not belong to it.");

    private static void WriteNumber(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }

    private static void WriteDouble(List<byte> bytes, double value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(buffer, value);
        foreach (var part in buffer) bytes.Add(part);
    }

    private static long ReadCount(ref ReadOnlySpan<byte> rest)
    {
        var value = ReadNumber(ref rest);
        return value <= long.MaxValue ? (long)value : throw new FormatException($"A sketch cannot count to {value}.");
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (rest.IsEmpty) throw new FormatException("The sketch ends inside a number.");
            var part = rest[0];
            rest = rest[1..];
            if (shift == 63 && part > 1) break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw new FormatException("The sketch holds a number of more than 64 bits.");
    }

    private static double ReadDouble(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < sizeof(double)) throw new FormatException("The sketch ends inside its smallest or largest value.");
        var value = BinaryPrimitives.ReadDoubleLittleEndian(rest);
        rest = rest[sizeof(double)..];
        return value;
    }
}

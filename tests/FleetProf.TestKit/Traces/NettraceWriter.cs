using System.Text;

namespace FleetProf.TestKit.Traces;

/// <summary>
/// Writes nettrace streams of format version 4 from the public description of the format, for tests of readers. Every method
/// appends one object; <see cref="Raw"/> appends bytes that no runtime would write.
/// </summary>
public sealed class NettraceWriter
{
    private readonly List<byte> stream = [];

    public NettraceWriter(DateTime syncTime, long syncTicks, long ticksPerSecond = 1_000_000_000, int pointerBytes = 8)
    {
        Raw("Nettrace"u8);
        Text("!FastSerialization.1");
        Begin("Trace", 4);
        foreach (var part in new[] { syncTime.Year, syncTime.Month, (int)syncTime.DayOfWeek, syncTime.Day, syncTime.Hour, syncTime.Minute, syncTime.Second, syncTime.Millisecond })
            Raw(BitConverter.GetBytes((short)part));
        Raw(BitConverter.GetBytes(syncTicks));
        Raw(BitConverter.GetBytes(ticksPerSecond));
        foreach (var number in new[] { pointerBytes, 42, 2, 1000 }) Raw(BitConverter.GetBytes(number));
        EndObject();
    }

    public long Length => stream.Count;

    public NettraceWriter EventType(int metadataId, string provider, int eventId, string name = "", int version = 1)
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.Unicode);
        writer.Write(metadataId);
        writer.Write(Encoding.Unicode.GetBytes(provider + '\0'));
        writer.Write(eventId);
        writer.Write(Encoding.Unicode.GetBytes(name + '\0'));
        writer.Write(0L);
        writer.Write(version);
        writer.Write(4);
        writer.Write(0);
        writer.Flush();
        return Block("MetadataBlock", EventBytes([new WrittenEvent(0, 0, 0, 0, payload.ToArray())], isCompressed: true));
    }

    public NettraceWriter Events(bool isCompressed, params IReadOnlyList<WrittenEvent> events) => Block("EventBlock", EventBytes(events, isCompressed));

    public NettraceWriter SequencePoint(long ticks, params (long Thread, uint Sequence)[] threads)
    {
        using var body = new MemoryStream();
        body.Write(BitConverter.GetBytes(ticks));
        body.Write(BitConverter.GetBytes(threads.Length));
        foreach (var (thread, sequence) in threads)
        {
            body.Write(BitConverter.GetBytes(thread));
            body.Write(BitConverter.GetBytes(sequence));
        }
        return Block("SPBlock", body.ToArray());
    }

    public NettraceWriter Stacks(int firstId, params byte[][] stacks)
    {
        using var body = new MemoryStream();
        body.Write(BitConverter.GetBytes(firstId));
        body.Write(BitConverter.GetBytes(stacks.Length));
        foreach (var stack in stacks)
        {
            body.Write(BitConverter.GetBytes(stack.Length));
            body.Write(stack);
        }
        return Block("StackBlock", body.ToArray());
    }

    /// <summary>A block of any name and content; <paramref name="announcedBytes"/> lies about its length.</summary>
    public NettraceWriter Block(string type, byte[] body, int? announcedBytes = null)
    {
        Begin(type, 2);
        Raw(BitConverter.GetBytes(announcedBytes ?? body.Length));
        while (stream.Count % 4 != 0) stream.Add(0);
        Raw(body);
        EndObject();
        return this;
    }

    public NettraceWriter Raw(ReadOnlySpan<byte> bytes)
    {
        stream.AddRange(bytes);
        return this;
    }

    public NettraceWriter End() => Raw([1]);

    public byte[] ToArray() => stream.ToArray();

    private static byte[] EventBytes(IReadOnlyList<WrittenEvent> events, bool isCompressed)
    {
        using var body = new MemoryStream();
        body.Write(BitConverter.GetBytes((short)20));
        body.Write(BitConverter.GetBytes((short)(isCompressed ? 1 : 0)));
        body.Write(BitConverter.GetBytes(events.Count > 0 ? events.Min(e => e.Ticks) : 0));
        body.Write(BitConverter.GetBytes(events.Count > 0 ? events.Max(e => e.Ticks) : 0));
        var previous = new WrittenEvent(0, 0, 0, 0, []);
        foreach (var next in events)
        {
            if (isCompressed) WriteCompressed(body, previous, next);
            else WritePlain(body, next);
            previous = next;
        }
        return body.ToArray();
    }

    private static void WriteCompressed(MemoryStream body, WrittenEvent previous, WrittenEvent next)
    {
        var isMetadata = next.MetadataId == 0;
        var hasMetadataId = next.MetadataId != previous.MetadataId;
        var hasSequence = !isMetadata && (next.Sequence != previous.Sequence + 1 || next.Thread != previous.Thread);
        var flags = (hasMetadataId ? 1 : 0) | (hasSequence ? 2 : 0) | (next.Thread != previous.Thread ? 4 : 0)
            | (next.StackId != previous.StackId ? 8 : 0) | (next.IsSorted ? 64 : 0) | (next.Payload.Length != previous.Payload.Length ? 128 : 0);
        body.WriteByte((byte)flags);
        if (hasMetadataId) VarUInt(body, (uint)next.MetadataId);
        if (hasSequence)
        {
            VarUInt(body, unchecked(next.Sequence - previous.Sequence - 1));
            VarUInt(body, (ulong)next.Thread);
            VarUInt(body, 0);
        }
        if ((flags & 4) != 0) VarUInt(body, (ulong)next.Thread);
        if ((flags & 8) != 0) VarUInt(body, (uint)next.StackId);
        VarUInt(body, unchecked((ulong)(next.Ticks - previous.Ticks)));
        if ((flags & 128) != 0) VarUInt(body, (uint)next.Payload.Length);
        body.Write(next.Payload);
    }

    private static void WritePlain(MemoryStream body, WrittenEvent next)
    {
        const int HeaderBytes = 4 + 4 + 8 + 8 + 4 + 4 + 8 + 32 + 4;
        body.Write(BitConverter.GetBytes(HeaderBytes + next.Payload.Length));
        body.Write(BitConverter.GetBytes(next.MetadataId | (next.IsSorted ? int.MinValue : 0)));
        body.Write(BitConverter.GetBytes(next.Sequence));
        body.Write(BitConverter.GetBytes(next.Thread));
        body.Write(BitConverter.GetBytes(next.Thread));
        body.Write(BitConverter.GetBytes(0));
        body.Write(BitConverter.GetBytes(next.StackId));
        body.Write(BitConverter.GetBytes(next.Ticks));
        body.Write(new byte[32]);
        body.Write(BitConverter.GetBytes(next.Payload.Length));
        body.Write(next.Payload);
        while (body.Position % 4 != 0) body.WriteByte(0);
    }

    private static void VarUInt(MemoryStream body, ulong value)
    {
        for (; value >= 0x80; value >>= 7) body.WriteByte((byte)(value | 0x80));
        body.WriteByte((byte)value);
    }

    private void Begin(string type, int version)
    {
        Raw([5, 5, 1]);
        Raw(BitConverter.GetBytes(version));
        Raw(BitConverter.GetBytes(version));
        Text(type);
        EndObject();
    }

    private void EndObject() => Raw([6]);

    private void Text(string text)
    {
        Raw(BitConverter.GetBytes(text.Length));
        Raw(Encoding.UTF8.GetBytes(text));
    }
}

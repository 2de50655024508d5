using System.Text;

namespace FleetProf.Analyzer.Tests.Nettrace;

/// <summary>Writes .nettrace streams of format version 4 by hand, honest and hostile ones.</summary>
#pragma warning disable CA1001 // Both only hold memory.
internal sealed class NettraceBytes
{
#pragma warning restore CA1001
    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;

    public NettraceBytes()
    {
        _writer = new BinaryWriter(_bytes, Encoding.ASCII);
        _writer.Write("Nettrace"u8);
        _writer.Write(20);
        _writer.Write("!FastSerialization.1"u8);
    }

    public NettraceBytes Trace()
    {
        Begin("Trace");
        foreach (var part in (short[])[2026, 1, 4, 1, 12, 0, 0, 0])
        {
            _writer.Write(part);
        }

        _writer.Write(0L); // start in clock ticks
        _writer.Write(1_000_000_000L);
        foreach (var number in (int[])[8, 4242, 2, 1_000_000])
        {
            _writer.Write(number);
        }

        _writer.Write((byte)6);
        return this;
    }

    /// <summary>A metadata block that describes one event with so many fields, none of which follows.</summary>
    public NettraceBytes EventType(int fieldCount) => Describe(1, "Hostile", 7, "Bomb", 1, fieldCount);

    /// <summary>A metadata block that names an event of the runtime. It has no fields there: readers know them.</summary>
    public NettraceBytes RuntimeEventType(int metadataId, int eventId, int version) => Describe(metadataId, "Microsoft-Windows-DotNETRuntime", eventId, "", version, fieldCount: 0);

    /// <summary>A block of one event of a type that was described before.</summary>
    public NettraceBytes RuntimeEvent(int metadataId, byte[] payload) => Block("EventBlock", Event(metadataId, payload));

    public NettraceBytes Block(string name, byte[] content, int? claimedSize = null)
    {
        Begin(name);
        _writer.Write(claimedSize ?? content.Length);
        while (_bytes.Length % 4 != 0)
        {
            _writer.Write((byte)0);
        }

        _writer.Write(content);
        _writer.Write((byte)6);
        return this;
    }

    public byte[] Ended()
    {
        _writer.Write((byte)1);
        return _bytes.ToArray();
    }

    public byte[] Cut() => _bytes.ToArray();

    private NettraceBytes Describe(int metadataId, string provider, int eventId, string name, int version, int fieldCount)
    {
        var payload = new MemoryStream();
        var metadata = new BinaryWriter(payload, Encoding.Unicode);
        metadata.Write(metadataId);
        metadata.Write(Encoding.Unicode.GetBytes(provider + '\0'));
        metadata.Write(eventId);
        metadata.Write(Encoding.Unicode.GetBytes(name + '\0'));
        metadata.Write(0L);
        metadata.Write(version);
        metadata.Write(4);
        metadata.Write(fieldCount);
        return Block("MetadataBlock", Event(0, payload.ToArray()));
    }

    // Block header without compression, then one event with the long header. Metadata 0: it describes an event.
    private static byte[] Event(int metadataId, byte[] payload)
    {
        var bytes = new MemoryStream();
        var writer = new BinaryWriter(bytes);
        writer.Write((short)20);
        writer.Write((short)0);
        writer.Write(0L);
        writer.Write(0L);
        writer.Write(80 - 4 + payload.Length);
        writer.Write(metadataId);
        writer.Write(0);
        writer.Write(1L); // thread
        writer.Write(1L);
        writer.Write(0);
        writer.Write(0);
        writer.Write(1L); // time
        writer.Write(new byte[32]);
        writer.Write(payload.Length);
        writer.Write(payload);
        return bytes.ToArray();
    }

    private void Begin(string name)
    {
        _writer.Write([5, 5, 1]);
        var (version, minimumReader) = name == "Trace" ? (4, 4) : (2, 0);
        _writer.Write(version);
        _writer.Write(minimumReader);
        _writer.Write(name.Length);
        _writer.Write(Encoding.ASCII.GetBytes(name));
        _writer.Write((byte)6);
    }
}

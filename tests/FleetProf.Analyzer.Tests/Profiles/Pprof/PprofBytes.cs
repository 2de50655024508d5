using System.IO.Compression;
using System.Text;

namespace FleetProf.Analyzer.Tests.Profiles.Pprof;

/// <summary>Writes profile.proto by hand, right or wrong.</summary>
internal sealed class PprofBytes
{
    private readonly List<byte> _bytes = [];

    /// <summary>A heap profile of Go with one sample of main.f calling main.g, which is inlined, and its texts.</summary>
    public static PprofBytes Heap(long duration = 0) => new PprofBytes()
        .Type(1, 2).Type(3, 4).Type(5, 2).Type(6, 4).Number(10, (ulong)duration)
        .Function(1, 7, 9).Function(2, 8, 9).Location(1, (2, 11), (1, 22))
        .Texts("", "alloc_objects", "count", "alloc_space", "bytes", "inuse_objects", "inuse_space", "main.f", "main.g", "/src/main.go", "runtime/pprof.f");

    public PprofBytes Type(ulong name, ulong unit) => Message(1, m => m.Number(1, name).Number(2, unit));

    public PprofBytes Function(ulong id, ulong name, ulong file) => Message(5, m => m.Number(1, id).Number(2, name).Number(4, file));

    /// <summary>Lines innermost first.</summary>
    public PprofBytes Location(ulong id, params (ulong Function, ulong Line)[] lines) => Message(4, m =>
    {
        m.Number(1, id);
        foreach (var (function, line) in lines)
        {
            m.Message(4, l => l.Number(1, function).Number(2, line));
        }
    });

    public PprofBytes Sample(ulong[] locations, params long[] values) => Message(2, m => m.Packed(1, locations).Packed(2, [.. values.Select(value => (ulong)value)]));

    /// <summary>Numbers one by one instead of packed, as old writers have it.</summary>
    public PprofBytes LooseSample(ulong[] locations, params long[] values) => Message(2, m =>
    {
        Array.ForEach(locations, location => m.Number(1, location));
        Array.ForEach(values, value => m.Number(2, (ulong)value));
    });

    public PprofBytes Texts(params string[] texts)
    {
        Array.ForEach(texts, text => Payload(6, Encoding.UTF8.GetBytes(text)));
        return this;
    }

    public PprofBytes Message(int field, Action<PprofBytes> fill)
    {
        var message = new PprofBytes();
        fill(message);
        return Payload(field, message.ToArray());
    }

    public PprofBytes Number(int field, ulong value) => Raw((ulong)field << 3).Raw(value);

    public PprofBytes Payload(int field, byte[] payload)
    {
        Raw(((ulong)field << 3) | 2).Raw((ulong)payload.Length);
        _bytes.AddRange(payload);
        return this;
    }

    public PprofBytes Raw(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private PprofBytes Packed(int field, ulong[] values)
    {
        var packed = new PprofBytes();
        Array.ForEach(values, value => packed.Raw(value));
        return Payload(field, packed.ToArray());
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>
/// A profile.proto file, gzipped or plain: its head, its places and, in a second pass over the bytes, its samples. Field numbers:
/// github.com/google/pprof proto/profile.proto. References to nowhere are read as unknown, never followed.
/// </summary>
internal sealed class PprofFile
{
    /// <summary>Uncompressed. A profile of a large program has a few MB; gzip makes a thousandfold of nothing.</summary>
    public const int MostBytes = 256 << 20;

    private const int HeadBytes = 16;
    private const int MostTypes = 64;
    private const int LongestName = 2_000;
    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    private readonly byte[] _bytes;
    private readonly List<(int Start, int Length)> _strings = [];
    private readonly List<(ulong Name, ulong Unit)> _types = [];
    private (ulong Name, ulong Unit) _periodType;
    private ulong _defaultType;

    private PprofFile(byte[] bytes)
    {
        _bytes = bytes;
        Places = new PprofPlaces(Text);
        ReadHead();
        Types = [.. _types.Select(ToMeasure)];
    }

    /// <summary>What the values of a sample count, in the file's order.</summary>
    public IReadOnlyList<Measure> Types { get; }

    /// <summary>Name of the type that the writer thinks is looked at first; null when it does not say, as in differences that Go's handler makes.</summary>
    public string? DefaultType => _defaultType == 0 ? null : Text(_defaultType);

    public PprofPlaces Places { get; }

    public Measure PeriodType => ToMeasure(_periodType);

    /// <summary>Of <see cref="PeriodType"/> between two samples; 0 when unknown.</summary>
    public long Period { get; private set; }

    public DateTimeOffset? TakenAt { get; private set; }

    /// <summary>How long was recorded; zero when the values count since the start of the process.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Null when the file is no such profile.</summary>
    /// <exception cref="UnreadableArtifactException">It is one, or gzipped, and cannot be read.</exception>
    public static PprofFile? TryRead(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var head = new byte[HeadBytes];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var isGzip = head.AsSpan(0, length).StartsWith(GzipMagic);
        if (!isGzip && !IsPlain(head.AsSpan(0, length)))
        {
            return null;
        }

        stream.Position = 0;
        var bytes = isGzip ? Inflated(stream) : ReadAll(stream);
        var file = new PprofFile(bytes);
        return file.Types.Count > 0 && file._strings.Count > 0
            ? file
            : throw new UnreadableArtifactException(isGzip ? "the file is gzipped, and what is in it is no pprof profile" : "the pprof profile has no sample types");
    }

    /// <summary>The place of a type by its name; -1 when there is none.</summary>
    public int IndexOf(string type)
    {
        for (var i = 0; i < Types.Count; i++)
        {
            if (Types[i].Name == type)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Hands out every sample: ids of its locations, leaf first, and its values. Both lists are used again.</summary>
    public void ReadSamples(Action<List<ulong>, List<ulong>> take)
    {
        var (locations, values) = (new List<ulong>(), new List<ulong>());
        var reader = new ProtoReader(_bytes);
        while (reader.Next())
        {
            if (reader.Field != 2)
            {
                continue;
            }

            locations.Clear();
            values.Clear();
            var sample = new ProtoReader(reader.Payload);
            while (sample.Next())
            {
                if (sample.Field is 1 or 2)
                {
                    sample.AddNumbersTo(sample.Field == 1 ? locations : values);
                }
            }

            take(locations, values);
        }
    }

    // Most writers begin with a sample type. Go's own begins with the type of the period, two small numbers, or in a CPU profile with the
    // time in nanoseconds, which since 1972 has nine bytes, and a sample type behind it.
    private static bool IsPlain(ReadOnlySpan<byte> head) => IsSampleType(head)
        || head is [0x5A, 0x04, 0x08, < 0x80, 0x10, < 0x80, ..]
        || (head is [0x48, _, _, _, _, _, _, _, _, < 0x80, .. var behindTime] && !head[1..9].ContainsAnyInRange((byte)0x00, (byte)0x7F) && IsSampleType(behindTime));

    // A message whose first field is a number: a line break, a small length, a backspace.
    private static bool IsSampleType(ReadOnlySpan<byte> bytes) => bytes is [0x0A, > 1 and < 24, 0x08, _, ..];

    private static byte[] Inflated(Stream stream)
    {
        try
        {
            using var gzip = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            var bytes = ReadAll(gzip);

            // A stream that was cut just ends; its last four bytes would be its length.
            var length = new byte[sizeof(uint)];
            stream.Position = Math.Max(0, stream.Length - length.Length);
            stream.ReadExactly(length);
            return BinaryPrimitives.ReadUInt32LittleEndian(length) == (uint)bytes.Length ? bytes : throw new InvalidDataException("its length is not the one that it says at its end");
        }
        catch (InvalidDataException damage)
        {
            throw new UnreadableArtifactException($"the gzipped file is damaged or cut: {damage.Message}", damage);
        }
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var all = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (all.Length + count > MostBytes)
            {
                throw new UnreadableArtifactException($"the pprof profile has more than {MostBytes >> 20} MB uncompressed, which no profiler writes");
            }

            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private void ReadHead()
    {
        var offset = 0;
        var reader = new ProtoReader(_bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when _types.Count < MostTypes:
                    _types.Add(ValueType(reader.Payload));
                    break;
                case 3:
                    Places.AddMapping(reader.Payload);
                    break;
                case 4:
                    Places.AddLocation(reader.Payload);
                    break;
                case 5:
                    Places.AddFunction(reader.Payload);
                    break;
                case 6:
                    // The payload is a part of our array: kept as a place in it, for most texts are used once or never.
                    _bytes.AsSpan().Overlaps(reader.Payload, out offset);
                    _strings.Add((offset, reader.Payload.Length));
                    break;
                case 9:
                    TakenAt = Instant((long)reader.Value);
                    break;
                case 10:
                    Duration = TimeSpan.FromTicks(Math.Max(0, (long)reader.Value) / 100);
                    break;
                case 11:
                    _periodType = ValueType(reader.Payload);
                    break;
                case 12:
                    Period = Math.Max(0, (long)reader.Value);
                    break;
                case 14:
                    _defaultType = reader.Value;
                    break;
            }
        }
    }

    private static (ulong Name, ulong Unit) ValueType(ReadOnlySpan<byte> payload)
    {
        var type = (Name: 0UL, Unit: 0UL);
        var reader = new ProtoReader(payload);
        while (reader.Next())
        {
            type = reader.Field switch { 1 => type with { Name = reader.Value }, 2 => type with { Unit = reader.Value }, _ => type };
        }

        return type;
    }

    private static DateTimeOffset? Instant(long nanoseconds) => nanoseconds > 0 ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100) : null;

    private Measure ToMeasure((ulong Name, ulong Unit) type) => new(Text(type.Name), Text(type.Unit));

    private string Text(ulong index)
    {
        if (index >= (ulong)_strings.Count)
        {
            return "";
        }

        var (start, length) = _strings[(int)index];
        return Encoding.UTF8.GetString(_bytes, start, Math.Min(length, LongestName));
    }
}

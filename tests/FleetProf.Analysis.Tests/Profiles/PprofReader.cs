using System.IO.Compression;
using System.Text;

namespace FleetProf.Analysis.Tests.Profiles;

/// <summary>An independent, minimal reader of profile.proto: stacks by name, root first, with their values.</summary>
internal sealed class PprofReader
{
    private readonly List<string> _strings = [];
    private readonly List<byte[]> _sampleTypes = [];
    private readonly List<(List<ulong> Locations, List<ulong> Values)> _samples = [];
    private readonly Dictionary<ulong, ulong> _functionOfLocation = [];
    private readonly Dictionary<ulong, ulong> _nameOfFunction = [];

    public PprofReader(byte[] gzipped)
    {
        using var gzip = new GZipStream(new MemoryStream(gzipped), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        foreach (var (field, number, bytes) in Fields(plain.ToArray()))
        {
            Read(field, number, bytes);
        }
    }

    public long Period { get; private set; }

    public ulong DefaultSampleType { get; private set; }

    public IEnumerable<string> SampleTypes => _sampleTypes.Select(type => string.Join('/', Fields(type).Select(part => _strings[(int)part.Number])));

    public string DefaultName => _strings[(int)DefaultSampleType];

    public string FirstString => _strings[0];

    public List<(string Stack, long[] Values)> Samples =>
    [
        .. _samples.Select(sample => (
            string.Join(';', sample.Locations.AsEnumerable().Reverse().Select(location => _strings[(int)_nameOfFunction[_functionOfLocation[location]]])),
            sample.Values.Select(value => (long)value).ToArray())),
    ];

    private void Read(int field, ulong number, byte[] bytes)
    {
        switch (field)
        {
            case 1:
                _sampleTypes.Add(bytes);
                break;
            case 2:
                var parts = Fields(bytes).ToDictionary(part => part.Field, part => Varints(part.Bytes));
                _samples.Add((parts.GetValueOrDefault(1, []), parts[2]));
                break;
            case 4:
                var location = Fields(bytes).ToList();
                _functionOfLocation[location.Single(part => part.Field == 1).Number] = Fields(location.Single(part => part.Field == 4).Bytes).Single(part => part.Field == 1).Number;
                break;
            case 5:
                var function = Fields(bytes).ToDictionary(part => part.Field, part => part.Number);
                _nameOfFunction[function[1]] = function[2];
                break;
            case 6:
                _strings.Add(Encoding.UTF8.GetString(bytes));
                break;
            case 12:
                Period = (long)number;
                break;
            case 14:
                DefaultSampleType = number;
                break;
        }
    }

    private static List<ulong> Varints(byte[] bytes)
    {
        var values = new List<ulong>();
        for (var at = 0; at < bytes.Length;)
        {
            values.Add(Varint(bytes, ref at));
        }

        return values;
    }

    private static IEnumerable<(int Field, ulong Number, byte[] Bytes)> Fields(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var key = Varint(bytes, ref at);
            var number = Varint(bytes, ref at);
            if ((key & 7) == 2)
            {
                yield return ((int)(key >> 3), 0, bytes[at..(at + (int)number)]);
                at += (int)number;
            }
            else
            {
                yield return ((int)(key >> 3), number, []);
            }
        }
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(bytes[at] & 0x7F) << shift;
            if (bytes[at++] < 0x80)
            {
                return value;
            }
        }
    }
}

using System.IO.Compression;

namespace FleetProf.Analysis.Profiles;

/// <summary>Writes pprof's profile.proto, gzipped. Field numbers: github.com/google/pprof proto/profile.proto. Locations are leaf first.</summary>
public static class PprofWriter
{
    public static void Write(Profile profile, Stream output)
    {
        using var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        var strings = new StringTable();
        var message = new ProtoWriter();
        foreach (var measure in profile.Measures)
        {
            message.Message(1, ValueType(measure, strings));
        }

        WriteSamples(profile, message, gzip);
        WriteFrames(profile, message, strings);
        message.Varint(9, profile.StartedAt is { } at ? at.ToUnixTimeMilliseconds() * 1_000_000 : 0);
        message.Varint(10, profile.Duration.Ticks * 100);
        if (profile.Period > 0)
        {
            message.Message(11, ValueType(profile.PeriodMeasure, strings));
            message.Varint(12, (long)profile.Period);
        }

        message.Varint(14, strings.Id(profile.Measures[0].Name));
        foreach (var text in strings.All)
        {
            message.Text(6, text);
        }

        message.CopyTo(gzip);
    }

    private static ProtoWriter ValueType(Measure measure, StringTable strings)
    {
        var message = new ProtoWriter();
        message.Varint(1, strings.Id(measure.Name));
        message.Varint(2, strings.Id(measure.Unit));
        return message;
    }

    private static void WriteSamples(Profile profile, ProtoWriter message, Stream output)
    {
        var sample = new ProtoWriter();
        var measures = Enumerable.Range(0, profile.Measures.Count).ToArray();
        foreach (var stack in profile.SampledStacks())
        {
            sample.Clear();
            sample.Packed(1, profile.Stacks.LeafFirst(stack).Select(frame => frame + 1L));
            sample.Packed(2, measures.Select(measure => (long)Math.Round(profile.Self(stack, measure))));
            message.Message(2, sample);

            // Flushed as it goes: repeated fields may stand in any order, and the whole message need not fit in memory.
            message.CopyTo(output);
            message.Clear();
        }
    }

    private static void WriteFrames(Profile profile, ProtoWriter message, StringTable strings)
    {
        var mappings = new Dictionary<string, int>();
        for (var i = 0; i < profile.Frames.Count; i++)
        {
            var (name, module, _) = profile.Frames[i];
            if (!mappings.TryGetValue(module, out var mapping))
            {
                mapping = mappings.Count + 1;
                mappings.Add(module, mapping);
                message.Message(3, Mapping(mapping, module, strings));
            }

            var line = new ProtoWriter();
            line.Varint(1, i + 1);
            var location = new ProtoWriter();
            location.Varint(1, i + 1);
            location.Varint(2, mapping);
            location.Message(4, line);
            message.Message(4, location);

            var function = new ProtoWriter();
            function.Varint(1, i + 1);
            function.Varint(2, strings.Id(name));
            function.Varint(3, strings.Id(name));
            function.Varint(4, strings.Id(module));
            message.Message(5, function);
        }
    }

    private static ProtoWriter Mapping(int id, string module, StringTable strings)
    {
        var message = new ProtoWriter();
        message.Varint(1, id);
        message.Varint(5, strings.Id(module.Length > 0 ? module : "?"));
        message.Varint(7, 1); // has_functions: readers must not look for symbols of their own.
        return message;
    }

    private sealed class StringTable
    {
        private readonly Dictionary<string, int> _ids = new() { [""] = 0 };

        public List<string> All { get; } = [""];

        public int Id(string text)
        {
            if (!_ids.TryGetValue(text, out var id))
            {
                id = All.Count;
                All.Add(text);
                _ids.Add(text, id);
            }

            return id;
        }
    }
}

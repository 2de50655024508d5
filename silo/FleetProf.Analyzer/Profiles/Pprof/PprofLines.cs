using FleetProf.Analysis.Allocations.Escapes;

namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>What a heap profile of Go says of single lines: of the line at the leaf, where Go leaves its runtime's own frames out.</summary>
internal static class PprofLines
{
    /// <summary>Allocations by location, without those of the profiler itself.</summary>
    public static IReadOnlyCollection<AllocatedLine> Allocated(PprofFile file)
    {
        var (bytes, objects) = (file.IndexOf("alloc_space"), file.IndexOf("alloc_objects"));
        var own = new Dictionary<ulong, bool>();
        var sums = new Dictionary<ulong, AllocatedLine>();
        file.ReadSamples((locations, values) =>
        {
            if (values.Count != file.Types.Count || (long)values[bytes] <= 0 || locations.Count == 0 || locations.Exists(location => IsOwn(file, own, location)))
            {
                return;
            }

            var (allocated, count) = ((double)(long)values[bytes], objects < 0 ? 0 : Math.Max(0, (long)values[objects]));
            var known = sums.TryGetValue(locations[0], out var sum) ? sum : Line(file.Places.Of(locations[0]));
            sums[locations[0]] = known with
            {
                Bytes = known.Bytes + allocated,
                Objects = known.Objects + count,
                Samples = known.Samples + HeapSamples.Behind(allocated, count, file.Period),
            };
        });
        return sums.Values;
    }

    private static bool IsOwn(PprofFile file, Dictionary<ulong, bool> own, ulong location)
    {
        if (!own.TryGetValue(location, out var isOwn))
        {
            isOwn = Array.Exists(file.Places.Of(location), line => ProfilerOwn.Is(line.Function));
            own.Add(location, isOwn);
        }

        return isOwn;
    }

    private static AllocatedLine Line(CodeLine[] lines) => new() { Place = Place(lines[0]), InlinedInto = [.. lines.Skip(1).Take(32).Select(Place)], Bytes = 0 };

    private static CodePlace Place(CodeLine line) => new(line.Function, line.Module, line.File, (int)Math.Clamp(line.Line, 0, int.MaxValue));
}

using FleetProf.Analysis.Allocations;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>
/// The samples of a pprof profile under some of its types. What the profiler allocated or computed itself, to make the profile, is left
/// out and summed apart.
/// </summary>
internal sealed class PprofSamples
{
    /// <summary>Callers beyond are left out; Go itself keeps 32 to 128.</summary>
    public const int MostFrames = 2_048;

    private const int Shown = 0;

    private readonly PprofFile _file;
    private readonly int[] _types;
    private readonly Dictionary<ulong, (int[] Frames, bool IsOwn)> _locations = [];
    private readonly List<int> _stack = [];

    /// <param name="file">The profile.</param>
    /// <param name="types">Places of the types to keep, the shown one first.</param>
    public PprofSamples(PprofFile file, IReadOnlyList<int> types)
    {
        (_file, _types) = (file, [.. types]);
        Profile = new Profile([.. types.Select(type => file.Types[type])])
        {
            // Go stamps a difference of heap profiles at its end, a CPU profile at its start.
            StartedAt = file.Types[_types[Shown]].Unit == "bytes" ? file.TakenAt - file.Duration : file.TakenAt,
            Duration = file.Duration,
            Period = file.Period,
            PeriodMeasure = file.PeriodType,
        };
        file.ReadSamples(Take);
    }

    public Profile Profile { get; }

    /// <summary>By the function at the leaf, for types in bytes that have a count of objects beside them.</summary>
    public AllocationTypes Functions { get; } = new(AllocationSource.HeapProfile);

    /// <summary>Of the shown type: what the making of the profile itself cost.</summary>
    public double OwnValue { get; private set; }

    /// <summary>Samples that were left out because their values cannot be.</summary>
    public long DamagedSamples { get; private set; }

    /// <summary>Samples with more than <see cref="MostFrames"/> callers.</summary>
    public long CutStacks { get; private set; }

    private void Take(List<ulong> locations, List<ulong> values)
    {
        if (values.Count != _file.Types.Count || Value(values, Shown) < 0)
        {
            DamagedSamples++;
            return;
        }

        var (isOwn, isCut) = (false, false);
        _stack.Clear();
        foreach (var location in locations)
        {
            var (frames, isOwnPlace) = Place(location);
            isOwn |= isOwnPlace;
            isCut |= _stack.Count + frames.Length > MostFrames;
            if (_stack.Count < MostFrames)
            {
                _stack.AddRange(frames);
            }
        }

        if (isOwn)
        {
            OwnValue += Value(values, Shown);
            return;
        }

        CutStacks += isCut ? 1 : 0;
        Add(values);
    }

    private void Add(List<ulong> values)
    {
        var stack = StackTable.Root;
        for (var i = Math.Min(_stack.Count, MostFrames) - 1; i >= 0; i--)
        {
            stack = Profile.Stacks.Push(stack, _stack[i]);
        }

        if (stack == StackTable.Root)
        {
            stack = Profile.Stacks.Push(stack, Profile.Frames.Intern(new Frame("[no stack]", "")));
        }

        for (var measure = 0; measure < _types.Length; measure++)
        {
            Profile.Add(stack, measure, Value(values, measure));
        }

        var samples = SamplesBehind(values);
        Profile.CountSamples(samples);
        if (Profile.Measures[Shown].Unit == "bytes" && Value(values, Shown) > 0)
        {
            // What is in one is of one size.
            Profile.AddSquares(stack, Value(values, Shown) * Value(values, Shown) / samples);
            Functions.Add(Profile.Frames[Profile.Stacks.LeafFrame(stack)].Name, Value(values, Shown), Value(values, 1), samples);
        }
    }

    /// <summary>
    /// Go scales bytes and objects of n samples up by 1 / (1 - exp(-size/period)); n comes back out of them. Counts are themselves.
    /// Source: runtime/pprof, scaleHeapSample.
    /// </summary>
    private long SamplesBehind(List<ulong> values)
    {
        var shown = Value(values, Shown);
        return Profile.Measures[Shown].Unit != "bytes" ? (long)shown : HeapSamples.Behind(shown, _types.Length > 1 ? Value(values, 1) : 0, _file.Period);
    }

    private double Value(List<ulong> values, int measure) => measure < _types.Length ? (long)values[_types[measure]] : 0;

    private (int[] Frames, bool IsOwn) Place(ulong location)
    {
        if (!_locations.TryGetValue(location, out var place))
        {
            var lines = _file.Places.Of(location);
            place = (Array.ConvertAll(lines, line => Profile.Frames.Intern(new Frame(line.Function, line.Module))), Array.Exists(lines, line => ProfilerOwn.Is(line.Function)));
            _locations.Add(location, place);
        }

        return place;
    }
}

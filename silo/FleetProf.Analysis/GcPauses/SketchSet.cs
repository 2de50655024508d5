using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analysis.GcPauses;

/// <summary>Pauses by generation, kind and cause, merged from many windows. Not thread-safe.</summary>
internal sealed class SketchSet
{
    private const int OfOneKind = PauseSketches.Causes;
    private const int OfOneGeneration = PauseSketches.Kinds * OfOneKind;
    private readonly DdSketch?[] sketches = new DdSketch?[PauseSketches.Generations * OfOneGeneration];

    /// <summary>Throws <see cref="FormatException"/> where the blob is damaged.</summary>
    public void Merge(ReadOnlySpan<byte> blob) => PauseSketches.Read(blob, Add);

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch OfGeneration(int generation) => MergeOf(sketches.AsSpan(generation * OfOneGeneration, OfOneGeneration));

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch All() => MergeOf(sketches);

    /// <summary>Every cause that there is, unknown for pauses whose agent named none, or one of a later version.</summary>
    public IReadOnlyDictionary<GcCause, DdSketch> ByCause() => sketches
        .Select((sketch, i) => (Cause: KnownCause((GcCause)(i % OfOneKind)), Sketch: sketch))
        .Where(pair => pair.Sketch is { IsEmpty: false })
        .GroupBy(pair => pair.Cause, pair => pair.Sketch)
        .ToDictionary(group => group.Key, group => MergeOf(group.ToArray()));

    /// <summary>As <see cref="PauseSketches"/> writes it: equal bytes for equal contents.</summary>
    public byte[] ToBytes() => PauseSketches.Write(
        [.. sketches.Select((sketch, i) => (i, sketch)).Where(pair => pair.sketch is { IsEmpty: false })
            .Select(pair => (pair.i / OfOneGeneration, pair.i % OfOneGeneration / OfOneKind, pair.i % OfOneKind, pair.sketch!.ToBytes()))]);

    private static GcCause KnownCause(GcCause cause) => Enum.IsDefined(cause) ? cause : GcCause.Unknown;

    private void Add(int generation, int kind, int cause, DdSketch sketch)
    {
        ref var known = ref sketches[generation * OfOneGeneration + kind * OfOneKind + cause];
        if (known is null) known = sketch;
        else known.Merge(sketch);
    }

    private static DdSketch MergeOf(ReadOnlySpan<DdSketch?> sketches)
    {
        DdSketch? only = null, all = null;
        foreach (var sketch in sketches)
        {
            if (sketch is null) continue;
            if (only is null)
            {
                only = sketch;
                continue;
            }

            if (all is null) (all = new DdSketch()).Merge(only);
            all.Merge(sketch);
        }

        return all ?? only ?? new DdSketch();
    }
}

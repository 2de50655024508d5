using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses;

/// <summary>Pauses by generation and kind, merged from many windows. Not thread-safe.</summary>
internal sealed class SketchSet
{
    private readonly DdSketch?[] sketches = new DdSketch?[PauseSketches.Generations * PauseSketches.Kinds];

    /// <summary>Throws <see cref="FormatException"/> where the blob is damaged.</summary>
    public void Merge(ReadOnlySpan<byte> blob) => PauseSketches.Read(blob, Add);

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch OfGeneration(int generation) => MergeOf(sketches.AsSpan(generation * PauseSketches.Kinds, PauseSketches.Kinds));

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch All() => MergeOf(sketches);

    /// <summary>As <see cref="PauseSketches"/> writes it: equal bytes for equal contents.</summary>
    public byte[] ToBytes() => PauseSketches.Write(
        [.. sketches.Select((sketch, i) => (i, sketch)).Where(pair => pair.sketch is { IsEmpty: false })
            .Select(pair => (pair.i / PauseSketches.Kinds, pair.i % PauseSketches.Kinds, pair.sketch!.ToBytes()))]);

    private void Add(int generation, int kind, DdSketch sketch)
    {
        ref var known = ref sketches[generation * PauseSketches.Kinds + kind];
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

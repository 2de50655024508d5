using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses;

/// <summary>Pauses by generation and kind, merged from many windows. Not thread-safe.</summary>
internal sealed class SketchSet
{
    private readonly DdSketch?[] sketches = new DdSketch?[PauseSketches.Generations * PauseSketches.Kinds];

    /// <summary>Throws <see cref="FormatException"/> where the blob is damaged.</summary>
    public void Merge(ReadOnlySpan<byte> blob) => PauseSketches.Read(blob, At);

    public DdSketch OfGeneration(int generation) => MergeOf(sketches.AsSpan(generation * PauseSketches.Kinds, PauseSketches.Kinds));

    public DdSketch All() => MergeOf(sketches);

    /// <summary>As <see cref="PauseSketches"/> writes it: equal bytes for equal contents.</summary>
    public byte[] ToBytes() => PauseSketches.Write(
        [.. sketches.Select((sketch, i) => (i, sketch)).Where(pair => pair.sketch is { IsEmpty: false })
            .Select(pair => (pair.i / PauseSketches.Kinds, pair.i % PauseSketches.Kinds, pair.sketch!.ToBytes()))]);

    private DdSketch At(int generation, int kind) => sketches[generation * PauseSketches.Kinds + kind] ??= new DdSketch();

    private static DdSketch MergeOf(ReadOnlySpan<DdSketch?> sketches)
    {
        var all = new DdSketch();
        foreach (var sketch in sketches)
            if (sketch is not null)
                all.Merge(sketch);
        return all;
    }
}

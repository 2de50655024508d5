using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analysis.GcPauses;

/// <summary>Pauses by generation, kind and cause, merged from many windows. Not thread-safe.</summary>
internal sealed class SketchSet
{
    private const int OfOneKind = PauseSketches.Causes;
    private const int OfOneGeneration = PauseSketches.Kinds * OfOneKind;

    /// <summary>In the order of generation, kind and cause. A window has few of the hundreds that there may be, and a trend has many windows.</summary>
    private readonly List<(int Place, DdSketch Sketch)> sketches = [];

    /// <summary>Throws <see cref="FormatException"/> where the blob is damaged.</summary>
    public void Merge(ReadOnlySpan<byte> blob) => PauseSketches.Read(blob, Add);

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch OfGeneration(int generation) => MergeOf(sketches.Where(one => one.Place / OfOneGeneration == generation));

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch All() => MergeOf(sketches);

    /// <summary>Every cause that there is, unknown for pauses whose agent named none, or one of a later version.</summary>
    public IReadOnlyDictionary<GcCause, DdSketch> ByCause() => sketches
        .Where(one => !one.Sketch.IsEmpty)
        .GroupBy(one => KnownCause((GcCause)(one.Place % OfOneKind)))
        .ToDictionary(group => group.Key, MergeOf);

    /// <summary>As <see cref="PauseSketches"/> writes it: equal bytes for equal contents.</summary>
    public byte[] ToBytes() => PauseSketches.Write(
        [.. sketches.Where(one => !one.Sketch.IsEmpty).Select(one => (one.Place / OfOneGeneration, one.Place % OfOneGeneration / OfOneKind, one.Place % OfOneKind, one.Sketch.ToBytes()))]);

    private static GcCause KnownCause(GcCause cause) => Enum.IsDefined(cause) ? cause : GcCause.Unknown;

    private void Add(int generation, int kind, int cause, DdSketch sketch)
    {
        var place = generation * OfOneGeneration + kind * OfOneKind + cause;
        var at = sketches.Count;
        while (at > 0 && sketches[at - 1].Place > place) at--;
        if (at > 0 && sketches[at - 1].Place == place) sketches[at - 1].Sketch.Merge(sketch);
        else sketches.Insert(at, (place, sketch));
    }

    private static DdSketch MergeOf(IEnumerable<(int Place, DdSketch Sketch)> sketches)
    {
        DdSketch? only = null, all = null;
        foreach (var (_, sketch) in sketches)
        {
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

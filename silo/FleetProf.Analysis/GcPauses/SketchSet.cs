using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analysis.GcPauses;

/// <summary>
/// Pauses by generation, kind and cause, merged from many windows. The first few stay as the bytes that they are: a step of a long trend
/// consists of one or two windows, a live minute of seven, and both are asked for a quantile at most. Not thread-safe.
/// </summary>
internal sealed class SketchSet
{
    private const int OfOneKind = PauseSketches.Causes;
    private const int MostUnread = 8;
    private const int OfOneGeneration = PauseSketches.Kinds * OfOneKind;

    /// <summary>In the order of generation, kind and cause. A window has few of the hundreds that there may be, and a trend has many windows.</summary>
    private readonly List<(int Place, DdSketch Sketch)> sketches = [];

    /// <summary>Blobs that are in no sketch yet; none once there are sketches.</summary>
    private readonly List<byte[]> unread = [];
    private DdSketch? all;

    [ThreadStatic]
    private static DdSketch? scratch;

    /// <summary>Throws <see cref="FormatException"/> where the blob is damaged, or what reads it later does.</summary>
    /// <param name="blob">Not to be changed any more.</param>
    public void Merge(byte[] blob)
    {
        if (blob.Length == 0) return;
        all = null;
        unread.Add(blob);
        if (sketches.Count > 0 || unread.Count > MostUnread) ReadAll();
    }

    /// <summary>Of all generations, or of one; null without a pause.</summary>
    public double? Quantile(int? generation, double quantile)
    {
        if (sketches.Count > 0) return QuantileOf(generation is { } one ? OfGeneration(one) : All(), quantile);
        var merged = scratch ??= new DdSketch();
        merged.Clear();
        foreach (var blob in unread) PauseSketches.MergeInto(merged, blob, generation);
        return QuantileOf(merged, quantile);
    }

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch OfGeneration(int generation) => MergeOf(ReadAll().Where(one => one.Place / OfOneGeneration == generation));

    /// <summary>Not to be changed by the caller.</summary>
    public DdSketch All()
    {
        ReadAll();
        return all ??= MergeOf(sketches);
    }

    /// <summary>Every cause that there is, unknown for pauses whose agent named none, or one of a later version.</summary>
    public IReadOnlyDictionary<GcCause, DdSketch> ByCause() => ReadAll()
        .Where(one => !one.Sketch.IsEmpty)
        .GroupBy(one => KnownCause((GcCause)(one.Place % OfOneKind)))
        .ToDictionary(group => group.Key, MergeOf);

    /// <summary>As <see cref="PauseSketches"/> writes it: equal bytes for equal contents.</summary>
    public byte[] ToBytes() => PauseSketches.Write(
        [.. ReadAll().Where(one => !one.Sketch.IsEmpty).Select(one => (one.Place / OfOneGeneration, one.Place % OfOneGeneration / OfOneKind, one.Place % OfOneKind, one.Sketch.ToBytes()))]);

    private List<(int Place, DdSketch Sketch)> ReadAll()
    {
        foreach (var blob in unread) PauseSketches.Read(blob, Add);
        unread.Clear();
        return sketches;
    }

    private static double? QuantileOf(DdSketch sketch, double quantile) => sketch.IsEmpty ? null : sketch.Quantile(quantile);

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

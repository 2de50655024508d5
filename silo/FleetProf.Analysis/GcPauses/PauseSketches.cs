using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses;

/// <summary>
/// The sketches of one window as one blob, version 1: version byte; then per sketch its generation, its pause kind (the lower three bits)
/// and cause (the upper five; 0 before causes were told), its length as a varint and its bytes. No sketches are no bytes.
/// </summary>
public static class PauseSketches
{
    public const int Generations = 3;

    private const byte Version = 1;
    internal const int Kinds = 5;
    internal const int Causes = 1 << (8 - KindBits);
    private const int KindBits = 3;

    /// <summary>No process pauses so often in a window; merging sketches that count to the end of the numbers would overflow.</summary>
    private const long MostPauses = 1_000_000_000;

    /// <summary>A quarter of an hour has 90 windows.</summary>
    private const long MostOfRollUp = 1_000 * MostPauses;

    [ThreadStatic]
    private static DdSketch? scratch;

    /// <summary>False when a sketch names no generation or kind of this version, counts more than can be, or when its bytes are none.</summary>
    public static bool IsReadable(int generation, int kind, ReadOnlySpan<byte> sketch)
    {
        if (generation is < 0 or >= Generations || kind is < 0 or >= Kinds) return false;
        try
        {
            return DdSketch.CountIn(sketch) is > 0 and <= MostPauses;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with the blob of a window or a roll-up; null where it can be read and merged with others.</summary>
    public static string? ProblemOf(ReadOnlySpan<byte> blob)
    {
        try
        {
            for (var rest = WithoutVersion(blob); !rest.IsEmpty;)
            {
                ReadNext(ref rest, out var sketch);
                if (DdSketch.CountIn(sketch) > MostOfRollUp) return "A sketch counts more pauses than there can be.";
            }

            return null;
        }
        catch (FormatException damage)
        {
            return damage.Message;
        }
    }

    /// <summary>In the order of generation, kind and cause; what has the same of all is merged. A cause of a later version counts as unknown.</summary>
    public static byte[] Write(IReadOnlyList<(int Generation, int Kind, int Cause, byte[] Sketch)> sketches)
    {
        if (sketches.Count == 0) return [];
        if (!IsOrdered(sketches)) return WriteMerged(sketches);
        var bytes = new List<byte>(1 + sketches.Sum(sketch => sketch.Sketch.Length + 5)) { Version };
        foreach (var (generation, kind, cause, sketch) in sketches)
        {
            bytes.Add((byte)generation);
            bytes.Add((byte)(kind | KnownCause(cause) << KindBits));
            var length = (uint)sketch.Length;
            for (; length >= 0x80; length >>= 7) bytes.Add((byte)(length | 0x80));
            bytes.Add((byte)length);
            bytes.AddRange(sketch);
        }

        return [.. bytes];
    }

    /// <summary>Calls with generation, kind, cause and a new sketch, in the order of the blob. Throws <see cref="FormatException"/> where the blob is damaged.</summary>
    internal static void Read(ReadOnlySpan<byte> blob, Action<int, int, int, DdSketch> found)
    {
        for (var rest = WithoutVersion(blob); !rest.IsEmpty;)
        {
            var (generation, kind, cause) = ReadNext(ref rest, out var sketch);
            found(generation, kind, cause, DdSketch.FromBytes(sketch));
        }
    }

    /// <summary>Adds the pauses of one generation, null for all, to a sketch. Throws <see cref="FormatException"/> where the blob is damaged.</summary>
    internal static void MergeInto(DdSketch into, ReadOnlySpan<byte> blob, int? generation)
    {
        for (var rest = WithoutVersion(blob); !rest.IsEmpty;)
        {
            var place = ReadNext(ref rest, out var sketch);
            if (generation is null || generation == place.Generation) into.MergeBytes(sketch);
        }
    }

    /// <summary>All pauses of a window in one sketch.</summary>
    public static DdSketch MergeAll(ReadOnlySpan<byte> blob)
    {
        var all = new DdSketch();
        MergeInto(all, blob, null);
        return all;
    }

    private static ReadOnlySpan<byte> WithoutVersion(ReadOnlySpan<byte> blob)
    {
        if (blob.IsEmpty) return blob;
        return blob[0] == Version ? blob[1..] : throw new FormatException($"Pause sketches of version {blob[0]} are not known here; this side reads version {Version}. Update it.");
    }

    private static (int Generation, int Kind, int Cause) ReadNext(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> sketch)
    {
        if (rest.Length < 3) throw new FormatException("The pause sketches end inside a header.");
        var (generation, kind, cause) = (rest[0], rest[1] & ((1 << KindBits) - 1), rest[1] >> KindBits);
        rest = rest[2..];
        var length = ReadLength(ref rest);
        if (generation >= Generations || kind >= Kinds || length > rest.Length) throw new FormatException("The pause sketches end early, or hold a generation or kind that does not exist.");
        sketch = rest[..length];
        rest = rest[length..];
        return (generation, kind, KnownCause(cause));
    }

    private static bool IsOrdered(IReadOnlyList<(int Generation, int Kind, int Cause, byte[] Sketch)> sketches)
    {
        for (var i = 1; i < sketches.Count; i++)
            if (Order(sketches[i]).CompareTo(Order(sketches[i - 1])) <= 0)
                return false;
        return true;
    }

    private static (int, int, int) Order((int Generation, int Kind, int Cause, byte[] Sketch) one) => (one.Generation, one.Kind, KnownCause(one.Cause));

    private static int KnownCause(int cause) => cause is > 0 and < Causes ? cause : 0;

    private static byte[] WriteMerged(IEnumerable<(int Generation, int Kind, int Cause, byte[] Sketch)> sketches)
    {
        var merged = new SketchSet();
        foreach (var sketch in sketches) merged.Merge(Write([sketch]));
        return merged.ToBytes();
    }

    /// <summary>Calls with the filled buckets of each generation, of any kind. Throws <see cref="FormatException"/> where the blob is damaged.</summary>
    /// <param name="blob">Of one window.</param>
    /// <param name="found">With generation and bucket. Not to visit others meanwhile.</param>
    public static void VisitBuckets(ReadOnlySpan<byte> blob, Action<int, SketchBucket> found)
    {
        var pauses = scratch ??= new DdSketch();
        for (var generation = 0; generation < Generations; generation++)
        {
            pauses.Clear();
            MergeInto(pauses, blob, generation);
            foreach (var bucket in pauses.Buckets()) found(generation, bucket);
        }
    }

    private static int ReadLength(ref ReadOnlySpan<byte> rest)
    {
        var value = 0;
        for (var shift = 0; shift < 28 && !rest.IsEmpty; shift += 7)
        {
            var part = rest[0];
            rest = rest[1..];
            value |= (part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw new FormatException("The pause sketches hold a length that is too long.");
    }
}

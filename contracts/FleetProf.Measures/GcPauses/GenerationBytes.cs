namespace FleetProf.Measures.GcPauses;

/// <summary>A number of bytes per generation of the heap, frozen objects left out.</summary>
public readonly record struct GenerationBytes(long Gen0, long Gen1, long Gen2, long Loh, long Poh)
{
    public long Total => Gen0 + Gen1 + Gen2 + Loh + Poh;

    public static GenerationBytes operator +(GenerationBytes left, GenerationBytes right) => new(
        left.Gen0 + right.Gen0, left.Gen1 + right.Gen1, left.Gen2 + right.Gen2, left.Loh + right.Loh, left.Poh + right.Poh);

    public static GenerationBytes operator -(GenerationBytes left, GenerationBytes right) => new(
        left.Gen0 - right.Gen0, left.Gen1 - right.Gen1, left.Gen2 - right.Gen2, left.Loh - right.Loh, left.Poh - right.Poh);
}

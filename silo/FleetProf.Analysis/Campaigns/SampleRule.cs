namespace FleetProf.Analysis.Campaigns;

/// <summary>How many instances to draw of each service: a number, or a fraction above 0 and up to 1.</summary>
public readonly record struct SampleRule(int? Size, double? Fraction)
{
    /// <summary>From 1 to the population; a fraction is rounded up. 0 only for nobody.</summary>
    public int SizeOf(int population) => Math.Clamp(Wanted(population), Math.Min(1, population), population);

    // What a fraction like 0.1 of 30 exceeds 3 by is rounding of the product, no wish for a fourth instance.
    private int Wanted(int population) => Size ?? (int)Math.Ceiling((Fraction ?? 0) * population - 1e-9);
}

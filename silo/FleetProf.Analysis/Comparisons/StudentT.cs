namespace FleetProf.Analysis.Comparisons;

/// <summary>The 97.5 % point of Student's distribution.</summary>
internal static class StudentT
{
    public const double Normal975 = 1.959963984540054;

    /// <summary>By the Cornish-Fisher expansion, within 1 % from three degrees of freedom on; exact for one and two.</summary>
    public static double Quantile975(int freedom) => freedom switch
    {
        < 1 => throw new ArgumentOutOfRangeException(nameof(freedom), freedom, "At least one degree of freedom is needed."),
        1 => 12.706204736,
        2 => 4.302652730,
        _ => Expand(freedom),
    };

    private static double Expand(double freedom)
    {
        const double Z = Normal975;
        var (z3, z5, z7) = (Math.Pow(Z, 3), Math.Pow(Z, 5), Math.Pow(Z, 7));
        return Z
            + (z3 + Z) / (4 * freedom)
            + (5 * z5 + 16 * z3 + 3 * Z) / (96 * freedom * freedom)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * Math.Pow(freedom, 3));
    }
}

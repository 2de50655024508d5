namespace FleetProf.Silo.Comparisons;

/// <summary>Composition of Comparisons.</summary>
public static class ComparisonSetup
{
    public static WebApplicationBuilder AddComparisons(this WebApplicationBuilder builder)
    {
        return builder;
    }
}

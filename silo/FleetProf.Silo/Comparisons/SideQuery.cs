namespace FleetProf.Silo.Comparisons;

/// <summary>Which windows a side of a comparison reads. Environment null: of all.</summary>
internal sealed record SideQuery(string Service, string Version, string? Environment, DateTimeOffset From, DateTimeOffset To)
{
    public required int Seed { get; init; }
}

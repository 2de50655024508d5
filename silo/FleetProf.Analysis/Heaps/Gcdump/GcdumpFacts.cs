namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>What a .gcdump says about where it comes from; everything may be unknown.</summary>
public sealed record GcdumpFacts
{
    public DateTimeOffset TakenAt { get; init; }

    public string? MachineName { get; init; }

    public string? ProcessName { get; init; }

    public int ProcessId { get; init; }
}

namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>One line of code that allocates, with what the compiler said of it.</summary>
public sealed record EscapeSite
{
    public required CodePlace Place { get; init; }

    public required EscapeVerdict Verdict { get; init; }

    public double Bytes { get; init; }

    public double Objects { get; init; }

    public long Samples { get; init; }

    /// <summary>Of all bytes in the profile, 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Half width of the 95 % interval as a share of the estimate.</summary>
    public double RelativeError => SampleConfidence.RelativeError(Samples);

    /// <summary>What escapes, or is said not to; empty when nothing is said.</summary>
    public IReadOnlyList<string> Subjects { get; init; } = [];

    /// <summary>How the first of them gets to the heap.</summary>
    public string? Reason { get; init; }

    /// <summary>What this means, where the report alone misleads; null where it does not.</summary>
    public string? Note { get; init; }

    /// <summary>Where it was inlined and the report speaks of it; null when it speaks of the line itself.</summary>
    public CodePlace? ReportedAt { get; init; }
}

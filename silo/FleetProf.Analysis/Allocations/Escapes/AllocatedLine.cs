namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>What was allocated at one line of code, from a heap profile of Go.</summary>
public sealed record AllocatedLine
{
    public required CodePlace Place { get; init; }

    /// <summary>Lines into which the compiler inlined it, the nearest first.</summary>
    public IReadOnlyList<CodePlace> InlinedInto { get; init; } = [];

    public required double Bytes { get; init; }

    public double Objects { get; init; }

    public long Samples { get; init; }
}

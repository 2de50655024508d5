namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>One class of hidden allocation of one type in one user method.</summary>
public sealed record HiddenAllocationRow
{
    public required HiddenAllocationClass Class { get; init; }

    /// <summary>The variety within the class, for example "enum"; may be empty.</summary>
    public required string Detail { get; init; }

    /// <summary>The nearest method of the user's own code, as written in source; empty when the stack holds none (frameworks only).</summary>
    public required string UserMethod { get; init; }

    /// <summary>Simple name of the user method's assembly.</summary>
    public required string Module { get; init; }

    public required string Type { get; init; }

    /// <summary>The frame or type that decided, of the heaviest stack.</summary>
    public required string Evidence { get; init; }

    public required double Bytes { get; init; }

    public required double Objects { get; init; }

    public required long Samples { get; init; }

    /// <summary>Share of all that was allocated, classified or not.</summary>
    public required double Share { get; init; }

    /// <summary>Most samples come from code that was not optimised yet.</summary>
    public required bool IsCold { get; init; }

    /// <summary>Most samples come from code that its build does not let the JIT optimise.</summary>
    public required bool IsOfDebugBuild { get; init; }
}

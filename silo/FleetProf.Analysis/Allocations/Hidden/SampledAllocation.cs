namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>All samples of one type on one stack, as estimates of what was allocated there.</summary>
public readonly record struct SampledAllocation
{
    /// <summary>As the runtime names it.</summary>
    public required string Type { get; init; }

    /// <summary>Stack in the profile, without the leaf that names the type.</summary>
    public required int Stack { get; init; }

    public required double Bytes { get; init; }

    public required double Objects { get; init; }

    public required long Samples { get; init; }

    /// <summary>On the large object heap.</summary>
    public bool IsLarge { get; init; }

    /// <summary>The user's method ran code that the JIT had not optimised yet: it inlines and keeps on the stack less than it will.</summary>
    public bool IsCold { get; init; }

    /// <summary>The user's method ran code that its build does not let the JIT optimise, as Debug builds do not: it stays so.</summary>
    public bool IsOfDebugBuild { get; init; }
}

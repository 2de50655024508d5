namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>What decides how often a process collects and how fast. Two series with the same setting but for the budget can be compared.</summary>
public sealed record CycleSetting
{
    /// <summary>As configured (DOTNET_GCgen0size); null: the runtime chose it.</summary>
    public long? Gen0BudgetBytes { get; init; }

    /// <summary>As configured (GCGen0MaxBudget), of each heap: no set or chosen budget comes out larger; 0: the runtime's own largest.</summary>
    public long LargestGen0BudgetBytes { get; init; }

    public bool IsServer { get; init; }

    /// <summary>Full collections may run beside the program. With workstation GC this bounds what the runtime makes of a gen0 budget.</summary>
    public bool IsConcurrent { get; init; } = true;

    /// <summary>The runtime adapts the budget while it runs.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>0: the runtime chose it.</summary>
    public int HeapCount { get; init; }

    /// <summary>Whether heaps are bound to processors. No meaning with workstation GC.</summary>
    public bool IsAffinitized { get; init; } = true;

    /// <summary>Hard limit of the heap or limit of the container, whichever is known; 0: none.</summary>
    public long LimitBytes { get; init; }

    /// <summary>The same machine of pauses: everything equal but the budget.</summary>
    public bool DiffersOnlyInBudget(CycleSetting other) => this with { Gen0BudgetBytes = null } == other with { Gen0BudgetBytes = null };
}

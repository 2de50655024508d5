namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>What a line of Go's escape report says.</summary>
public enum EscapeKind
{
    /// <summary>The value is made on the heap.</summary>
    Escapes,

    /// <summary>A named variable lives on the heap, since its address outlives its function.</summary>
    MovedToHeap,

    DoesNotEscape,

    /// <summary>What a parameter points to is kept or returned. No allocation: that is said where the argument is made.</summary>
    LeakingParameter,

    CapturedByValue,

    CapturedByReference,
}

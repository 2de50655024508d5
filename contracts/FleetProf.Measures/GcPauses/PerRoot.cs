namespace FleetProf.Measures.GcPauses;

/// <summary>One number (bytes, or milliseconds) per kind of root from which a collection finds what is alive.</summary>
/// <param name="Stack">Threads' stacks.</param>
/// <param name="Finalizers">Objects whose finalizers wait or have just become due, and what they refer to.</param>
/// <param name="Handles">GC handles, sized and dependent ones included.</param>
/// <param name="OldObjects">References from older generations (cards).</param>
/// <param name="Other">Mark overflow, work taken from other heaps, roots of a background collection.</param>
public readonly record struct PerRoot(double Stack, double Finalizers, double Handles, double OldObjects, double Other)
{
    public double Total => Stack + Finalizers + Handles + OldObjects + Other;

    public static PerRoot operator /(PerRoot whole, double parts) =>
        new(whole.Stack / parts, whole.Finalizers / parts, whole.Handles / parts, whole.OldObjects / parts, whole.Other / parts);

    /// <summary>Adds to the kind that the Type field of event 202 names; unknown ones count as other.</summary>
    public PerRoot Add(int rootType, double amount) => rootType switch
    {
        0 => this with { Stack = Stack + amount },
        1 or 7 => this with { Finalizers = Finalizers + amount },
        2 or 4 or 6 => this with { Handles = Handles + amount },
        3 => this with { OldObjects = OldObjects + amount },
        _ => this with { Other = Other + amount },
    };
}

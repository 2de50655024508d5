namespace FleetProf.Measures.GcPauses;

/// <summary>Facts about reasons.</summary>
public static class GcReasons
{
    /// <summary>GC.Collect with GCCollectionMode.Aggressive. Newer than TraceEvent's names and than stored counts, where it stays among the others.</summary>
    public const GcReason InducedAggressive = (GcReason)17;

    private static readonly string[] Names = Enum.GetNames<GcReason>();

    /// <summary>How many counts <see cref="IndexOf"/> needs.</summary>
    public static int CountLength => Names.Length + 1;

    /// <summary>The place of a reason in a list of counts: its number; the last place is for all that this version does not know.</summary>
    public static int IndexOf(GcReason reason) => (uint)reason < (uint)Names.Length ? (int)reason : Names.Length;

    /// <summary>The name of a place in a list of counts.</summary>
    public static string NameAt(int index) => index < Names.Length ? Names[index] : "Other";

    /// <summary>The reason's name, without allocating for known ones; "Reason18" for one that this version does not know.</summary>
    public static string NameOf(GcReason reason) =>
        (uint)reason < (uint)Names.Length ? Names[(int)reason] : reason == InducedAggressive ? nameof(InducedAggressive) : $"Reason{(int)reason}";

    /// <summary>Whether somebody asked for the collection: GC.Collect, memory pressure calls, or a heap snapshot.</summary>
    public static bool IsInduced(GcReason reason) =>
        reason is GcReason.Induced or GcReason.InducedNotForced or GcReason.InducedLowMemory or GcReason.InducedCompacting or InducedAggressive;
}

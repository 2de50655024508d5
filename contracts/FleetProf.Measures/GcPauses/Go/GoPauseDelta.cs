namespace FleetProf.Measures.GcPauses.Go;

/// <summary>What happened between two looks at MemStats.</summary>
/// <param name="Pauses">In the order of their numbers.</param>
/// <param name="MissedGcs">Collections that the ring had already overwritten.</param>
/// <param name="ForcedGcs">How many were forced; the ring does not tell which.</param>
/// <param name="AllocatedBytes">Zero at the first look, and after a restart what the new program has allocated.</param>
/// <param name="IsRestart">The program is another one: everything counts from its start.</param>
public sealed record GoPauseDelta(IReadOnlyList<GoPause> Pauses, long MissedGcs, long ForcedGcs, long AllocatedBytes, bool IsRestart)
{
    public static GoPauseDelta None { get; } = new([], 0, 0, 0, false);

    /// <summary>What remains of it for a time that nobody watched: its collections, each as missed, without pauses and bytes.</summary>
    public GoPauseDelta ToUnwatched() => this with { Pauses = [], MissedGcs = MissedGcs + Pauses.Count, ForcedGcs = 0, AllocatedBytes = 0 };
}

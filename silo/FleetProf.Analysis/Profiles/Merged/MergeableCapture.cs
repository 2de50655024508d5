namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>What decides whether a capture can be put into one figure with others; known before its table is read.</summary>
/// <param name="CaptureId">Its key.</param>
/// <param name="Runtime">As its summary names it; null is .NET.</param>
/// <param name="IsBiased">From AllocationTick.</param>
/// <param name="IsLossy">It lost so many events that its values are too low.</param>
/// <param name="Service">That it is of.</param>
public sealed record MergeableCapture(string CaptureId, string? Runtime, bool IsBiased, bool IsLossy, string Service);

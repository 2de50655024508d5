namespace FleetProf.Workloads.Checkout;

/// <summary>The process's own count, for tests that check FleetProf's.</summary>
internal sealed record GcCounts(int Gen0, int Gen1, int Gen2, double PauseMs);

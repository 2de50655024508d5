namespace FleetProf.Silo.Tests.Comparisons;

/// <summary>How the windows of a version look.</summary>
internal sealed record WindowKind(int Gcs, double PauseMs, double HeapBytes)
{
    public static readonly WindowKind Healthy = new(10, 8, 40e6);
    public static readonly WindowKind LeakAndBoxing = new(30, 9, 75e6);
}

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>What one path of types retained in one replica over time.</summary>
/// <param name="Replica">The process.</param>
/// <param name="Snapshots">Snapshots that tell.</param>
/// <param name="FirstBytes">In the first of them.</param>
/// <param name="LastBytes">In the last.</param>
/// <param name="BytesPerHour">The median slope of all pairs of snapshots (Theil and Sen), so that one odd snapshot among several moves nothing.</param>
/// <param name="IsGrowing">Whether the slope makes up, over the whole time, more than what is noise in this heap.</param>
/// <param name="IsFading">It grows, but in the later half of four or more snapshots less than half as fast: as caches do that fill up after a start.</param>
/// <param name="FirstSnapshot">Id of the snapshot that <paramref name="FirstBytes"/> are of.</param>
/// <param name="LastSnapshot">Id of the snapshot that <paramref name="LastBytes"/> are of.</param>
public sealed record ReplicaSlope(
    string Replica, int Snapshots, long FirstBytes, long LastBytes, double BytesPerHour, bool IsGrowing, bool IsFading, string FirstSnapshot, string LastSnapshot);

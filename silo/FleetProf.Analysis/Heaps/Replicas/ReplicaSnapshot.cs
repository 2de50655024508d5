using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>A heap snapshot of one replica of a service.</summary>
/// <param name="Id">Names the snapshot.</param>
/// <param name="Replica">The process.</param>
/// <param name="TakenAt">When its heap was walked.</param>
/// <param name="IsComplete">Whether it holds the whole heap.</param>
/// <param name="OpenDominators">Reads its dominator tree by types; null when it has none. Called twice at most, at the same time as those of other snapshots.</param>
public sealed record ReplicaSnapshot(string Id, string Replica, DateTimeOffset TakenAt, bool IsComplete, Func<CancellationToken, Task<TypeTree?>> OpenDominators);

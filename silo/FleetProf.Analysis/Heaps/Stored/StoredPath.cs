namespace FleetProf.Analysis.Heaps.Stored;

/// <summary>A retention path by names; see <see cref="TypeTrees.RetentionPath"/>.</summary>
public sealed record StoredPath(IReadOnlyList<string> Steps, long Objects, long ShallowBytes, int Ways, int SharedTail);

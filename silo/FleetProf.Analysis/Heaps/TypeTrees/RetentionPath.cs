namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>A way on which objects of one type are held: the shortest one of each of them, told by types.</summary>
/// <param name="Steps">Rows of the path tree from the holder to the type; the most travelled of the ways that are merged here.</param>
/// <param name="Objects">Objects of the type that are held on these ways.</param>
/// <param name="Bytes">Their own bytes.</param>
/// <param name="Ways">Different ways that are merged because they end alike.</param>
/// <param name="SharedTail">Last steps that all merged ways have in common.</param>
public sealed record RetentionPath(IReadOnlyList<int> Steps, long Objects, long Bytes, int Ways, int SharedTail);

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Who refers to an object, by depth-first numbers: those of number n are <c>Source[Start[n]..Start[n + 1]]</c>. The reference by which
/// the walk met an object is left out, and so is what cannot matter: an object's reference to itself, references of unreachable
/// objects, and references from objects that only the finalizer queue holds to objects that live anyway.
/// </summary>
internal sealed class Predecessors
{
    private Predecessors(int[] start, int[] source) => (Start, Source) = (start, source);

    public int[] Start { get; }

    public int[] Source { get; }

    public static Predecessors Of(HeapGraph graph, DepthFirstNumbers numbers, IntColumns columns)
    {
        // Counted into the place of the successor, summed up, then filled backwards: each start ends at its own place.
        var start = columns.RentCleared();
        Visit(graph, numbers, new Counter(start));
        for (var n = 1; n <= numbers.Count + 1; n++)
        {
            start[n] += start[n - 1];
        }

        var source = new int[start[numbers.Count + 1]];
        Visit(graph, numbers, new Filler(start, source));
        return new Predecessors(start, source);
    }

    private static void Visit<TVisitor>(HeapGraph graph, DepthFirstNumbers numbers, TVisitor visitor) where TVisitor : struct, IVisitor
    {
        var (number, parent, edgeStart, edgeTarget) = (numbers.Number, numbers.Parent, graph.EdgeStart, graph.EdgeTarget);
        for (var node = 0; node < graph.NodeCount; node++)
        {
            var from = number[node];
            if (from == 0)
            {
                continue;
            }

            for (var edge = edgeStart[node]; edge < edgeStart[node + 1]; edge++)
            {
                var to = number[edgeTarget[edge]];
                if (parent[to] != from && to != from && (from <= numbers.LastAlive || to > numbers.LastAlive))
                {
                    visitor.Visit(from, to);
                }
            }
        }

        foreach (var root in graph.Roots)
        {
            var to = number[root.Node];
            var holds = root.Kind != HeapRootKind.WeakHandle && (root.Kind != HeapRootKind.Finalizer || to > numbers.LastAlive);
            if (holds && parent[to] != 0)
            {
                visitor.Visit(0, to);
            }
        }
    }

    private interface IVisitor
    {
        void Visit(int from, int to);
    }

    private readonly struct Counter(int[] counts) : IVisitor
    {
        public void Visit(int from, int to) => counts[to]++;
    }

    private readonly struct Filler(int[] next, int[] source) : IVisitor
    {
        public void Visit(int from, int to) => source[--next[to]] = from;
    }
}

using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Dominators;

namespace FleetProf.Analysis.Tests.Heaps.Dominators;

/// <summary>
/// Immediate dominators by going over all references until nothing changes any more: an algorithm that shares nothing with the one under
/// test but the definition, and is quick enough for large graphs. Source: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
/// </summary>
internal static class IteratedDominators
{
    /// <returns>Per node what <see cref="DominatorTree.ImmediateDominator"/> says.</returns>
    public static int[] Of(HeapGraph graph)
    {
        var strong = graph.Roots.Where(root => root.Kind is not (HeapRootKind.Finalizer or HeapRootKind.WeakHandle)).Select(root => root.Node).ToHashSet();
        var result = new int[graph.NodeCount];
        Array.Fill(result, DominatorTree.Unreachable);
        Fill(graph, strong, result);
        Fill(graph, [.. graph.Roots.Where(root => root.Kind == HeapRootKind.Finalizer && result[root.Node] == DominatorTree.Unreachable).Select(root => root.Node)], result);
        return result;
    }

    private static void Fill(HeapGraph graph, HashSet<int> roots, int[] result)
    {
        var order = PostOrder(graph, roots, result);
        var place = new Dictionary<int, int>();
        for (var i = 0; i < order.Count; i++)
        {
            place.Add(order[i], i);
        }

        // Places count upwards to the roots; one above them all stands for no object.
        var top = order.Count;
        var referrers = order.Select(_ => new List<int>()).ToArray();
        foreach (var from in order)
        {
            foreach (var to in graph.References(from))
            {
                if (place.TryGetValue(to, out var target))
                {
                    referrers[target].Add(place[from]);
                }
            }
        }

        var dominator = Enumerable.Repeat(-1, top + 1).ToArray();
        dominator[top] = top;
        for (var hasChanged = true; hasChanged;)
        {
            hasChanged = false;
            for (var at = top - 1; at >= 0; at--)
            {
                var nearest = roots.Contains(order[at]) ? top : -1;
                foreach (var referrer in referrers[at].Where(referrer => dominator[referrer] >= 0))
                {
                    nearest = nearest < 0 ? referrer : Meet(dominator, nearest, referrer);
                }

                hasChanged |= dominator[at] != nearest;
                dominator[at] = nearest;
            }
        }

        for (var at = 0; at < top; at++)
        {
            result[order[at]] = dominator[at] == top ? DominatorTree.NoObject : order[dominator[at]];
        }
    }

    private static int Meet(int[] dominator, int left, int right)
    {
        while (left != right)
        {
            (left, right) = left < right ? (dominator[left], right) : (left, dominator[right]);
        }

        return left;
    }

    private static List<int> PostOrder(HeapGraph graph, IEnumerable<int> roots, int[] known)
    {
        var (order, met) = (new List<int>(), new HashSet<int>());
        foreach (var root in roots.Where(met.Add))
        {
            var open = new Stack<(int Node, int Next)>([(root, 0)]);
            while (open.TryPop(out var at))
            {
                if (at.Next == graph.References(at.Node).Length)
                {
                    order.Add(at.Node);
                    continue;
                }

                open.Push((at.Node, at.Next + 1));
                var target = graph.References(at.Node)[at.Next];
                if (known[target] == DominatorTree.Unreachable && met.Add(target))
                {
                    open.Push((target, 0));
                }
            }
        }

        return order;
    }
}

using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps.Dominators;

/// <summary>The definition taken literally: d dominates n when n cannot be reached once d is gone. Quadratic, and that is its virtue.</summary>
internal sealed class NaiveDominators
{
    private readonly HeapGraph _graph;
    private readonly HashSet<int> _alive;
    private readonly HashSet<int> _reachable;

    public NaiveDominators(HeapGraph graph)
    {
        _graph = graph;
        _alive = Reach(IsStrong, _ => true, without: -1);
        _reachable = [.. _alive, .. Reach(root => root.Kind == HeapRootKind.Finalizer, _ => true, without: -1)];
        Dominators = [.. Enumerable.Range(0, graph.NodeCount).Select(_ => new HashSet<int>())];
        foreach (var gone in _reachable)
        {
            var left = _alive.Contains(gone)
                ? Reach(IsStrong, _ => true, gone)
                : Reach(root => root.Kind == HeapRootKind.Finalizer, node => !_alive.Contains(node), gone);
            foreach (var node in _reachable.Where(node => _alive.Contains(node) == _alive.Contains(gone) && !left.Contains(node)))
            {
                Dominators[node].Add(gone);
            }
        }
    }

    /// <summary>Per node: all its dominators, itself among them; empty when no root reaches it.</summary>
    public HashSet<int>[] Dominators { get; }

    public IReadOnlySet<int> Alive => _alive;

    public IReadOnlySet<int> Reachable => _reachable;

    public long RetainedBytes(int node) => _reachable.Where(other => Dominators[other].Contains(node)).Sum(other => _graph.ShallowBytes[other]);

    /// <summary>Bytes that no root reaches any more when all of these objects are gone. What only the finalizer queue reaches keeps nothing else alive.</summary>
    public long FreedBytes(Func<int, bool> isGone)
    {
        var alive = Reach(IsStrong, node => !isGone(node), without: -1);
        var waiting = Reach(root => root.Kind == HeapRootKind.Finalizer, node => !_alive.Contains(node) && !isGone(node), without: -1);
        return _reachable.Where(node => !(_alive.Contains(node) ? alive : waiting).Contains(node)).Sum(node => _graph.ShallowBytes[node]);
    }

    /// <summary>The dominator that all other ones dominate; null when there is none but the node itself.</summary>
    public int? Immediate(int node) =>
        Dominators[node].Where(dominator => dominator != node).OrderByDescending(dominator => Dominators[dominator].Count).Select(dominator => (int?)dominator).FirstOrDefault();

    /// <summary>References from the nearest root on; 0 when unreachable.</summary>
    public int Depth(int node)
    {
        if (!_reachable.Contains(node))
        {
            return 0;
        }

        var kind = _alive.Contains(node);
        var wave = _graph.Roots.Where(root => kind ? IsStrong(root) : root.Kind == HeapRootKind.Finalizer).Select(root => root.Node).Where(n => kind || !_alive.Contains(n)).ToHashSet();
        for (var depth = 1; ; depth++)
        {
            if (wave.Contains(node))
            {
                return depth;
            }

            wave = [.. wave.SelectMany(n => _graph.References(n).ToArray()).Where(n => kind || !_alive.Contains(n))];
        }
    }

    private static bool IsStrong(HeapRoot root) => root.Kind is not (HeapRootKind.Finalizer or HeapRootKind.WeakHandle);

    private HashSet<int> Reach(Func<HeapRoot, bool> isRoot, Func<int, bool> isPassable, int without)
    {
        var reached = new HashSet<int>();
        var pending = new Stack<int>(_graph.Roots.Where(isRoot).Select(root => root.Node));
        while (pending.TryPop(out var node))
        {
            if (node != without && isPassable(node) && reached.Add(node))
            {
                foreach (var target in _graph.References(node))
                {
                    pending.Push(target);
                }
            }
        }

        return reached;
    }
}

namespace FleetProf.Analysis.Profiles;

/// <summary>Totals of one measure over the call tree of a profile. Built and walked without recursion: hostile stacks may be arbitrarily deep.</summary>
public sealed class CallTree
{
    private readonly Profile _profile;
    private readonly int _measure;
    private readonly double[] _totals;

    private CallTree(Profile profile, int measure, double[] totals)
    {
        _profile = profile;
        _measure = measure;
        _totals = totals;
    }

    /// <summary>Nodes with a value, the root included.</summary>
    public int NodeCount => Math.Max(1, _totals.Count(total => total > 0));

    public static CallTree Of(Profile profile, int measure)
    {
        var totals = new double[profile.Stacks.Count];
        for (var stack = totals.Length - 1; stack >= 0; stack--)
        {
            totals[stack] += profile.Self(stack, measure);
            if (stack != StackTable.Root)
            {
                totals[profile.Stacks.Parent(stack)] += totals[stack];
            }
        }

        return new CallTree(profile, measure, totals);
    }

    /// <summary>This stack and everything it called.</summary>
    public double Total(int stack) => _totals[stack];

    public double Self(int stack) => _profile.Self(stack, _measure);

    /// <summary>
    /// The tree in pre-order, heaviest child first, nodes without value left out. When there are more than
    /// <paramref name="maxNodes"/>, the lightest are left out; a kept node's ancestors are always kept. What is left out directly below a
    /// node is its last child, all in one (<see cref="Node.Rest"/>), so that no value is lost.
    /// </summary>
    /// <param name="maxNodes">Rests included; at least two, for the root and its rest.</param>
    public IEnumerable<Node> PreOrder(int maxNodes = int.MaxValue)
    {
        var keep = Keep(maxNodes);
        var rests = Rests(keep);
        var (firstChild, nextSibling) = LinkChildren(keep);
        var pending = new Stack<Node>();
        pending.Push(new Node(StackTable.Root, 0));
        var children = new List<int>();
        while (pending.TryPop(out var node))
        {
            yield return node;
            if (node.Rest > 0)
            {
                continue;
            }

            // First in, last out: the rest comes after all children.
            if (rests.TryGetValue(node.Stack, out var rest))
            {
                pending.Push(new Node(node.Stack, node.Level + 1, rest));
            }

            children.Clear();
            for (var child = firstChild[node.Stack]; child >= 0; child = nextSibling[child])
            {
                children.Add(child);
            }

            // Lightest first: the stack hands them out heaviest first. Ties keep the order of first sight.
            children.Sort((a, b) => _totals[a] != _totals[b] ? _totals[a].CompareTo(_totals[b]) : b.CompareTo(a));
            foreach (var child in children)
            {
                pending.Push(new Node(child, node.Level + 1));
            }
        }
    }

    private bool[] Keep(int maxNodes)
    {
        if (NodeCount <= maxNodes)
        {
            return Array.ConvertAll(_totals, total => total > 0);
        }

        var keep = new bool[_totals.Length];
        var leftOut = ChildCounts();
        var taken = 0;
        // A parent weighs at least as much as its child and has the smaller id, so this order never keeps a child alone.
        foreach (var stack in Enumerable.Range(0, _totals.Length).Where(stack => _totals[stack] > 0).OrderByDescending(stack => _totals[stack]).ThenBy(stack => stack))
        {
            // A node takes a place, and one for the rest below it; the last of its parent's rest gives that one's place back.
            var parent = _profile.Stacks.Parent(stack);
            taken += 1 + (leftOut[stack] > 0 ? 1 : 0) - (stack != StackTable.Root && leftOut[parent] == 1 ? 1 : 0);
            if (stack != StackTable.Root)
            {
                if (taken > maxNodes)
                {
                    break;
                }

                leftOut[parent]--;
            }

            keep[stack] = true;
        }

        return keep;
    }

    // Children with a value.
    private int[] ChildCounts()
    {
        var counts = new int[_totals.Length];
        for (var stack = 1; stack < _totals.Length; stack++)
        {
            counts[_profile.Stacks.Parent(stack)] += _totals[stack] > 0 ? 1 : 0;
        }

        return counts;
    }

    // What is left out directly below a node that is kept, all together.
    private Dictionary<int, double> Rests(bool[] keep)
    {
        var rests = new Dictionary<int, double>();
        for (var stack = 1; stack < _totals.Length; stack++)
        {
            var parent = _profile.Stacks.Parent(stack);
            if (_totals[stack] > 0 && !keep[stack] && keep[parent])
            {
                rests[parent] = rests.GetValueOrDefault(parent) + _totals[stack];
            }
        }

        return rests;
    }

    private (int[] FirstChild, int[] NextSibling) LinkChildren(bool[] keep)
    {
        var firstChild = new int[_totals.Length];
        var nextSibling = new int[_totals.Length];
        Array.Fill(firstChild, -1);
        for (var stack = _totals.Length - 1; stack > StackTable.Root; stack--)
        {
            if (keep[stack])
            {
                var parent = _profile.Stacks.Parent(stack);
                nextSibling[stack] = firstChild[parent];
                firstChild[parent] = stack;
            }
        }

        return (firstChild, nextSibling);
    }

    /// <summary>A node in pre-order.</summary>
    /// <param name="Stack">Id in the profile's <see cref="StackTable"/>; of a rest, that of its parent.</param>
    /// <param name="Level">0 for the root.</param>
    /// <param name="Rest">Total of the children of the stack that were left out, for which this node stands; 0 for a stack itself.</param>
    public readonly record struct Node(int Stack, int Level, double Rest = 0);
}

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
    /// <paramref name="maxNodes"/>, the lightest are left out; a kept node's ancestors are always kept.
    /// </summary>
    public IEnumerable<Node> PreOrder(int maxNodes = int.MaxValue)
    {
        var (firstChild, nextSibling) = LinkChildren(Keep(maxNodes));
        var pending = new Stack<Node>();
        pending.Push(new Node(StackTable.Root, 0));
        var children = new List<int>();
        while (pending.TryPop(out var node))
        {
            yield return node;
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
        var keep = new bool[_totals.Length];
        var heavy = Enumerable.Range(0, _totals.Length).Where(stack => _totals[stack] > 0);
        if (_totals.Length > maxNodes)
        {
            // A parent weighs at least as much as its child and has the smaller id, so this order never keeps a child alone.
            heavy = heavy.OrderByDescending(stack => _totals[stack]).ThenBy(stack => stack).Take(maxNodes);
        }

        foreach (var stack in heavy)
        {
            keep[stack] = true;
        }

        return keep;
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

    /// <summary>A node in pre-order: the stack's id in the profile's <see cref="StackTable"/>, and its level, 0 for the root.</summary>
    public readonly record struct Node(int Stack, int Level);
}

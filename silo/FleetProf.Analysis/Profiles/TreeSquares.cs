namespace FleetProf.Analysis.Profiles;

/// <summary>The squares of what samples stand for, summed over a call tree as its values are.</summary>
internal sealed class TreeSquares
{
    private readonly Profile _profile;
    private readonly double[] _totals;

    // Of the children of a stack, those that were not met yet.
    private readonly double[] _left;

    public TreeSquares(Profile profile)
    {
        _profile = profile;
        _totals = new double[profile.Stacks.Count];
        for (var stack = _totals.Length - 1; stack >= 0; stack--)
        {
            _totals[stack] += profile.Squares(stack);
            if (stack != StackTable.Root)
            {
                _totals[profile.Stacks.Parent(stack)] += _totals[stack];
            }
        }

        _left = [.. _totals.Select((total, stack) => total - profile.Squares(stack))];
    }

    /// <summary>Sum of this node and all below it; ask in pre-order, where a rest comes after its siblings and has what they leave.</summary>
    public double Next(CallTree.Node node)
    {
        if (node.Rest > 0)
        {
            return _left[node.Stack];
        }

        if (node.Stack != StackTable.Root)
        {
            _left[_profile.Stacks.Parent(node.Stack)] -= _totals[node.Stack];
        }

        return _totals[node.Stack];
    }

    /// <summary>How many equal samples would tell a value as surely; 0 for no value, else at least one.</summary>
    public static long EqualSamples(double value, double squares) => value <= 0 ? 0 : squares <= 0 ? 1 : Math.Max(1, (long)Math.Round(value * value / squares));
}

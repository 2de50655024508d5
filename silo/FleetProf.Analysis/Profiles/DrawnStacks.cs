namespace FleetProf.Analysis.Profiles;

/// <summary>Which node of a flame graph holds the samples of a stack: its own, or where it was left out the rest below the nearest of its callers that is kept.</summary>
internal sealed class DrawnStacks
{
    private const int None = -1;

    private readonly StackTable _stacks;
    private readonly int[] _nodes;
    private readonly int[] _rests;

    public DrawnStacks(StackTable stacks)
    {
        (_stacks, _nodes, _rests) = (stacks, new int[stacks.Count], new int[stacks.Count]);
        Array.Fill(_nodes, None);
        Array.Fill(_rests, None);
    }

    /// <param name="node">Of the call tree.</param>
    /// <param name="index">Of the flame graph.</param>
    public void Add(CallTree.Node node, int index) => (node.Rest > 0 ? _rests : _nodes)[node.Stack] = index;

    /// <summary>By stack, when all nodes were added; -1 for stacks without a value.</summary>
    public int[] Nodes()
    {
        var holders = new int[_nodes.Length];
        // A parent has the smaller id, so who holds its samples is known before its children ask.
        for (var stack = 0; stack < holders.Length; stack++)
        {
            holders[stack] = _nodes[stack] != None || stack == StackTable.Root ? _nodes[stack] : Left(_stacks.Parent(stack), holders);
        }

        return holders;
    }

    private int Left(int caller, int[] holders) => _nodes[caller] != None ? _rests[caller] : holders[caller];
}

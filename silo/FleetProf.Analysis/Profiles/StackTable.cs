namespace FleetProf.Analysis.Profiles;

/// <summary>
/// Distinct call stacks as a prefix tree: a stack is its caller's stack and one more frame.
/// A parent always has a smaller id than its children, so whole-tree sums are one backward loop, never a recursion.
/// </summary>
public sealed class StackTable
{
    /// <summary>The empty stack.</summary>
    public const int Root = 0;

    private readonly List<int> _parents = [-1];
    private readonly List<int> _frames = [-1];
    private readonly Dictionary<long, int> _ids = [];

    /// <summary>Stacks, the empty one included.</summary>
    public int Count => _parents.Count;

    /// <summary>The stack without its leaf; -1 for the empty stack.</summary>
    public int Parent(int stack) => _parents[stack];

    /// <summary>Id of the leaf frame; -1 for the empty stack.</summary>
    public int LeafFrame(int stack) => _frames[stack];

    /// <summary>The stack made of <paramref name="caller"/> and one more frame at its leaf.</summary>
    public int Push(int caller, int frame)
    {
        var key = ((long)caller << 32) | (uint)frame;
        if (!_ids.TryGetValue(key, out var id))
        {
            id = _parents.Count;
            _parents.Add(caller);
            _frames.Add(frame);
            _ids.Add(key, id);
        }

        return id;
    }

    /// <summary>Frames from the leaf to the outermost caller.</summary>
    public IEnumerable<int> LeafFirst(int stack)
    {
        for (; stack != Root; stack = _parents[stack])
        {
            yield return _frames[stack];
        }
    }

    /// <summary>Frames from the outermost caller to the leaf.</summary>
    public int[] RootFirst(int stack)
    {
        var frames = LeafFirst(stack).ToArray();
        Array.Reverse(frames);
        return frames;
    }
}

namespace FleetProf.Analysis.Profiles;

/// <summary>
/// Distinct call stacks as a prefix tree: a stack is its caller's stack and one more frame.
/// A parent always has a smaller id than its children, so whole-tree sums are one backward loop, never a recursion.
/// Plain columns and a hash of ids: recordings with millions of distinct stacks exist.
/// </summary>
public sealed class StackTable
{
    /// <summary>The empty stack.</summary>
    public const int Root = 0;

    private (int Parent, int Frame)[] _stacks = new (int, int)[256];
    private int[] _slots = new int[1024];

    public StackTable()
    {
        _stacks[Root] = (-1, -1);
    }

    /// <summary>Stacks, the empty one included.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>The stack without its leaf; -1 for the empty stack.</summary>
    public int Parent(int stack) => _stacks[stack].Parent;

    /// <summary>Id of the leaf frame; -1 for the empty stack.</summary>
    public int LeafFrame(int stack) => _stacks[stack].Frame;

    /// <summary>The stack made of <paramref name="caller"/> and one more frame at its leaf.</summary>
    public int Push(int caller, int frame)
    {
        var slot = Slot(caller, frame);
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            var known = _slots[slot];
            if (_stacks[known] == (caller, frame))
            {
                return known;
            }
        }

        if (Count == _stacks.Length)
        {
            Grow();
            return Push(caller, frame);
        }

        _stacks[Count] = (caller, frame);
        _slots[slot] = Count;
        return Count++;
    }

    /// <summary>Frames from the outermost caller to the leaf.</summary>
    public int[] RootFirst(int stack)
    {
        var frames = LeafFirst(stack);
        Array.Reverse(frames);
        return frames;
    }

    /// <summary>Frames from the leaf to the outermost caller.</summary>
    public int[] LeafFirst(int stack)
    {
        var depth = 0;
        for (var at = stack; at != Root; at = _stacks[at].Parent)
        {
            depth++;
        }

        var frames = new int[depth];
        for (var i = 0; i < depth; i++, stack = _stacks[stack].Parent)
        {
            frames[i] = _stacks[stack].Frame;
        }

        return frames;
    }

    private int Slot(int caller, int frame)
    {
        var hash = ((ulong)(uint)caller * 0x9E3779B97F4A7C15) + ((ulong)(uint)frame * 0xC2B2AE3D27D4EB4F);
        hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15;
        return (int)(hash >> 32) & (_slots.Length - 1);
    }

    // Two slots per stack at most half of which are taken: chains stay short.
    private void Grow()
    {
        Array.Resize(ref _stacks, _stacks.Length * 2);
        _slots = new int[_stacks.Length * 2];
        for (var stack = 1; stack < Count; stack++)
        {
            var slot = Slot(_stacks[stack].Parent, _stacks[stack].Frame);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = stack;
        }
    }
}

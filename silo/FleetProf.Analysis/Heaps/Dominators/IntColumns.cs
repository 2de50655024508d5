namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Columns of one length that the steps of the dominator computation pass on to each other. Reused by hand, because a garbage
/// collector frees arrays of this size only when it must.
/// </summary>
internal sealed class IntColumns(int length)
{
    private readonly Stack<int[]> _free = new();

    /// <summary>Content is left over from the last user.</summary>
    public int[] Rent() => _free.TryPop(out var column) ? column : new int[length];

    public int[] RentCleared()
    {
        var column = Rent();
        Array.Clear(column);
        return column;
    }

    public void Return(int[] column) => _free.Push(column);
}

namespace FleetProf.Analyzer.Heaps;

/// <summary>Counts the gaps in a running block number that starts at 0.</summary>
internal sealed class BulkSequence
{
    private int _expected;

    public long Missing { get; private set; }

    /// <summary>The next block has come. False when others are missing before it.</summary>
    public bool Next(int number)
    {
        var isNext = number == _expected;
        Missing += number >= _expected ? number - _expected : 1;
        _expected = number == int.MaxValue ? 0 : Math.Max(number, -1) + 1;
        return isNext;
    }
}

namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// How many refusals of people without a name get a row each: whoever guesses must not fill the audit log. Those that got none are counted in
/// the next row. Not safe for several threads.
/// </summary>
/// <param name="clock">Of the windows.</param>
/// <param name="ofOne">Rows of one address within a window.</param>
/// <param name="ofAll">Rows of all within a window.</param>
/// <param name="window">A minute where none is given.</param>
internal sealed class RefusalBudget(TimeProvider clock, int ofOne = RefusalBudget.RowsPerAddress, int ofAll = RefusalBudget.RowsPerMinute, TimeSpan? window = null)
{
    public const int RowsPerAddress = 5;
    public const int RowsPerMinute = 60;

    private readonly Dictionary<string, int> told = new(StringComparer.Ordinal);
    private long? windowFrom;
    private int rows;
    private long untold;

    /// <summary>What the row says; null when this one gets none.</summary>
    /// <param name="address">Whence it came, or whatever else tells one from another.</param>
    /// <param name="reason">Why it was refused.</param>
    public string? Take(string address, string reason)
    {
        var now = clock.GetTimestamp();
        if (windowFrom is not { } from || clock.GetElapsedTime(from, now) >= (window ?? TimeSpan.FromMinutes(1)))
        {
            (windowFrom, rows) = (now, 0);
            told.Clear();
        }

        var ofAddress = told.GetValueOrDefault(address);
        if (rows >= ofAll || ofAddress >= ofOne)
        {
            untold++;
            return null;
        }

        rows++;
        told[address] = ofAddress + 1;
        var text = untold == 0 ? reason : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{reason} So were {untold} more, from here or elsewhere, that have no row.");
        untold = 0;
        return text;
    }

    /// <summary>The row that was taken could not be kept: it is one of those that have none.</summary>
    public void GiveBack() => untold++;
}

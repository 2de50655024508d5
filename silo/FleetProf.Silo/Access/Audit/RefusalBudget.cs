namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// How many refusals of people without a name get a row each: whoever guesses must not fill the audit log. Those that got none are counted in
/// the next row. Not safe for several threads.
/// </summary>
internal sealed class RefusalBudget(TimeProvider clock)
{
    public const int RowsPerAddress = 5;
    public const int RowsPerMinute = 60;

    private readonly Dictionary<string, int> told = new(StringComparer.Ordinal);
    private DateTimeOffset minuteEnds;
    private int rows;
    private long untold;

    /// <summary>What the row says; null when this one gets none.</summary>
    /// <param name="address">Whence it came.</param>
    /// <param name="reason">Why it was refused.</param>
    public string? Take(string address, string reason)
    {
        var now = clock.GetUtcNow();
        if (now >= minuteEnds)
        {
            (minuteEnds, rows) = (now + TimeSpan.FromMinutes(1), 0);
            told.Clear();
        }

        var ofAddress = told.GetValueOrDefault(address);
        if (rows >= RowsPerMinute || ofAddress >= RowsPerAddress)
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
}

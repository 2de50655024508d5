namespace FleetProf.Portal.Captures;

/// <summary>A column of a result table, as wwwroot/js/table.js takes it.</summary>
/// <param name="Key">Member of a row of the result file.</param>
/// <param name="Title">Unique within the table: the address names the sorted column by it.</param>
/// <param name="Kind">"text", "number", "count", "bytes", "value" (in the unit of the file), "growth" (a difference of bytes), "points" (one of percents), "rough" (three figures of a number), "ratio", or "share" and "part", which have a bar.</param>
public sealed record ResultColumn(string Key, string Title, string Kind)
{
    /// <summary>For shares: the member of the file that is the whole.</summary>
    public string? Of { get; init; }

    public string? Hint { get; init; }

    /// <summary>Shown only with "All columns".</summary>
    public bool IsDetail { get; init; }

    /// <summary>Key of the column that it tells rows apart by: where two rows have the same there, it is shown although it is a detail.</summary>
    public string? TellsApart { get; init; }
}

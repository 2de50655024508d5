namespace FleetProf.Portal.Captures;

/// <summary>How a result file is shown as a table, as wwwroot/js/table.js takes it.</summary>
public sealed record ResultTable
{
    public required IReadOnlyList<ResultColumn> Columns { get; init; }

    /// <summary>Member that holds the rows; null when the file is the array itself.</summary>
    public string? Rows { get; init; } = "rows";

    /// <summary>Key of the column that it is sorted by at first.</summary>
    public required string Sort { get; init; }

    public bool IsAscending { get; init; }

    /// <summary>Keys of the columns that the filter looks into.</summary>
    public required IReadOnlyList<string> Filter { get; init; }

    /// <summary>What the rows are, in the plural.</summary>
    public required string Noun { get; init; }

    public ResultLink? Link { get; init; }
}

namespace FleetProf.Portal.Captures;

/// <summary>Makes the texts of a column lead to another view of the same capture.</summary>
/// <param name="Column">Key of the column.</param>
/// <param name="Parameter">Query parameter that takes the text of the cell.</param>
/// <param name="Query">The rest of the query, for example "tab=flame".</param>
public sealed record ResultLink(string Column, string Parameter, string Query)
{
    /// <summary>Member of a row that goes along under its own name, where the text alone does not tell.</summary>
    public string? Also { get; init; }

    /// <summary>Of a search: only what is named exactly so, not also what holds the text in its name.</summary>
    public bool IsWholeName { get; init; }
}

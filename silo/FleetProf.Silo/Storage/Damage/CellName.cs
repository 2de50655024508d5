namespace FleetProf.Silo.Storage.Damage;

/// <summary>One cell of the catalog.</summary>
/// <param name="Table">For example join_tokens.</param>
/// <param name="KeyColumn">The column that names the row; where it takes more than one, conditions on the others and AND stand before it.</param>
/// <param name="Key">Of the row.</param>
/// <param name="Column">For example networks_json.</param>
internal readonly record struct CellName(string Table, string KeyColumn, string Key, string Column)
{
    /// <summary>For WHERE; both databases read it so.</summary>
    public string Condition => $"{KeyColumn} = '{Key.Replace("'", "''", StringComparison.Ordinal)}'";
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FleetProf.Silo.Storage.Damage;

/// <summary>
/// Cells of the catalog that could not be read, of all that this process read. Every read is counted; every cell is told once to who listens, with the
/// next step.
/// </summary>
internal static class DamagedCells
{
    /// <summary>A catalog that is damaged all over must not fill the memory: cells after these are counted only.</summary>
    private const int Most = 1_000;

    private static readonly Meter Meter = new("FleetProf.Catalog");

    private static readonly Counter<long> Reads = Meter.CreateCounter<long>(
        "fleetprof.catalog.damaged", "{read}", "Reads of a row with something in it that cannot be read, by table; the log names the row and what to do.");

    private static readonly ConcurrentDictionary<CellName, string> Known = new();

    /// <summary>The cell, what is wrong with it, and the next step.</summary>
    public static event Action<CellName, string, string>? Found;

    public static void Tell(CellName cell, string problem)
    {
        Count(cell.Table);
        if (Known.Count < Most && Known.TryAdd(cell, problem))
        {
            Found?.Invoke(cell, problem, RepairOf(cell));
        }
    }

    public static void Count(string table) => Reads.Add(1, new KeyValuePair<string, object?>("table", table));

    /// <summary>What helps besides restoring a backup.</summary>
    internal static string RepairOf(CellName cell) => cell switch
    {
        { Table: "instances" } => "It is written anew when its agent next reports the process.",
        { Table: "join_tokens" } => $"Nobody can join by it: run `fleetprof agent token revoke {cell.Key}` and make another.",
        { Table: "credentials" } => $"It allows nothing: run `fleetprof token revoke {cell.Key}`, and make another or log in again.",
        { Table: "accounts" } => "It allows nothing: give the account its password anew with `fleetprof login --setup`.",
        { Table: "comparisons" } => $"Only numbers are lost. To let it go: DELETE FROM comparisons WHERE {cell.Condition}",
        { Table: "enrolled_agents" } => $"The agent goes on without labels of its token. To clear them: UPDATE enrolled_agents SET labels_json = '{{}}' WHERE {cell.Condition}",
        { Table: "captures" or "trend_windows" or "trend_rollups" or "trend_groups" } => $"To clear it: UPDATE {cell.Table} SET {cell.Column} = NULL WHERE {cell.Condition}",
        _ => $"To clear it: UPDATE {cell.Table} SET {cell.Column} = '[]' WHERE {cell.Condition}",
    };
}

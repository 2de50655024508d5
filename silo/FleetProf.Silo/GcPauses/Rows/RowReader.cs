using System.Data.Common;
using System.Globalization;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Storage.Damage;
using Google.Protobuf;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>
/// Prepared reads of the windows of one level, all on one connection. Exemplars and sketches that cannot be read are none, and <see cref="DamagedCells"/>
/// hears of them: one damaged row ends no trend of a fleet.
/// </summary>
internal sealed class RowReader : IDisposable
{
    private readonly long levelMs;
    private readonly bool withLongest;
    private readonly WindowSelection selection;
    private readonly DbCommand ofInstance;

    /// <param name="connection">Of the reads.</param>
    /// <param name="levelMs">One of <see cref="TrendLevel"/>.</param>
    /// <param name="withLongest">Whether the exemplars are wanted too.</param>
    /// <param name="selection">What else is; null for all.</param>
    public RowReader(DbConnection connection, long levelMs, bool withLongest, WindowSelection? selection = null)
    {
        this.levelMs = levelMs;
        this.withLongest = withLongest;
        this.selection = selection ?? WindowSelection.All;
        var table = levelMs == TrendLevel.WindowMs ? "trend_windows WHERE" : string.Create(CultureInfo.InvariantCulture, $"trend_rollups WHERE level_ms = {levelMs} AND");
        var longest = withLongest ? ", longest" : "";
        ofInstance = Prepare(
            connection,
            $"SELECT window_start, {this.selection.Selected}{longest} FROM {table} instance_id = @instance AND window_start >= @from AND window_start < @to ORDER BY window_start",
            "@from", "@to", "@instance");
    }

    /// <summary>Adds the windows of one instance that start in [from, to), by start.</summary>
    public void Read(string instanceId, long fromMs, long toMs, List<PauseWindow> windows) => windows.AddRange(Stream(instanceId, fromMs, toMs));

    /// <summary>As <see cref="Read"/>, row by row: one at a time of all readers of the connection.</summary>
    public IEnumerable<PauseWindow> Stream(string instanceId, long fromMs, long toMs)
    {
        (ofInstance.Parameters[0].Value, ofInstance.Parameters[1].Value, ofInstance.Parameters[2].Value) = (fromMs, toMs, instanceId);
        using var row = ofInstance.ExecuteReader();
        while (row.Read())
        {
            yield return Map(row, 1, instanceId, row.GetInt64(0));
        }
    }

    public void Dispose() => ofInstance.Dispose();

    private PauseWindow Map(DbDataReader row, int at, string instanceId, long startMs)
    {
        var window = selection.Read(row, at, instanceId, startMs);
        if (PauseSketches.ProblemOf(window.Sketches) is { } problem)
        {
            DamagedCells.Tell(CellOf(window, "sketches"), problem);
            window = window with { Sketches = [] };
        }

        var longest = at + selection.Count;
        return withLongest && !row.IsDBNull(longest) ? window with { Longest = LongestOf(window, row.GetFieldValue<byte[]>(longest)) } : window;
    }

    private IReadOnlyList<LongestGc> LongestOf(PauseWindow window, byte[] blob)
    {
        try
        {
            return LongestBytes.Read(blob, window.InstanceId);
        }
        catch (Exception damage) when (damage is InvalidProtocolBufferException or FormatException or ArgumentException)
        {
            DamagedCells.Tell(CellOf(window, "longest"), damage.Message);
            return [];
        }
    }

    /// <summary>Its key has more columns than the one that a cell has: those that are numbers stand before it.</summary>
    private CellName CellOf(PauseWindow window, string column) => levelMs == TrendLevel.WindowMs
        ? new CellName("trend_windows", string.Create(CultureInfo.InvariantCulture, $"window_start = {window.StartMs} AND instance_id"), window.InstanceId, column)
        : new CellName("trend_rollups", string.Create(CultureInfo.InvariantCulture, $"level_ms = {levelMs} AND window_start = {window.StartMs} AND instance_id"), window.InstanceId, column);

    private static DbCommand Prepare(DbConnection connection, string statement, params string[] names)
    {
        var command = connection.CreateCommand();
        command.CommandText = statement;
        foreach (var name in names)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

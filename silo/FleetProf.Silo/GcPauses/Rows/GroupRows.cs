using System.Data.Common;
using System.Globalization;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>Reads table trend_groups.</summary>
internal static class GroupRows
{
    private const string Columns = "window_start, instances, heap_instances, gen2_instances, committed_instances, process_instances";
    private const int Own = 6;

    /// <summary>The windows of a service that start in [from, to), one per start and version; each is read when it is asked for, and nothing else of the connection meanwhile.</summary>
    /// <param name="connection">Of the read.</param>
    /// <param name="selection">The service; a version, or null for all.</param>
    /// <param name="range">Unix milliseconds.</param>
    /// <param name="levelMs">A level that is rolled up.</param>
    /// <param name="withLongest">Whether the exemplars are wanted too.</param>
    public static IEnumerable<FleetWindow> Read(DbConnection connection, (string Service, string? Version) selection, (long FromMs, long ToMs) range, long levelMs, bool withLongest)
    {
        using var command = connection.CreateCommand();
        var longest = withLongest ? ", longest" : "";
        var version = selection.Version is null ? "" : "AND version = @version ";
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {Columns}, {WindowSelection.All.Selected}{longest}, version FROM trend_groups WHERE level_ms = {levelMs} AND service = @service {version}AND window_start >= @from AND window_start < @to");
        Add(command, "@service", selection.Service);
        Add(command, "@from", range.FromMs);
        Add(command, "@to", range.ToMs);
        if (selection.Version is not null)
        {
            Add(command, "@version", selection.Version);
        }

        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return Map(row, selection.Service, levelMs, withLongest);
        }
    }

    /// <summary>The windows of all services that start in [from, to), with their exemplars.</summary>
    public static List<(ServiceVersion Group, FleetWindow Window)> ReadAll(DbConnection connection, (long FromMs, long ToMs) range, long levelMs)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns}, {WindowSelection.All.Selected}, longest, service, version FROM trend_groups WHERE level_ms = @level AND window_start >= @from AND window_start < @to ORDER BY window_start";
        Add(command, "@level", levelMs);
        Add(command, "@from", range.FromMs);
        Add(command, "@to", range.ToMs);
        var windows = new List<(ServiceVersion, FleetWindow)>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var service = Own + WindowSelection.All.Count + 1;
            windows.Add((new ServiceVersion(row.GetString(service), row.GetString(service + 1)), Map(row, row.GetString(service), levelMs, withLongest: true)));
        }

        return windows;
    }

    /// <summary>Its last column is the version.</summary>
    private static FleetWindow Map(DbDataReader row, string service, long levelMs, bool withLongest)
    {
        var sum = WindowSelection.All.Read(row, Own, "", row.GetInt64(0));
        if (PauseSketches.ProblemOf(sum.Sketches) is { } problem)
        {
            var others = string.Create(CultureInfo.InvariantCulture, $"level_ms = {levelMs} AND window_start = {sum.StartMs} AND service = '{service.Replace("'", "''", StringComparison.Ordinal)}' AND version");
            DamagedCells.Tell(new CellName("trend_groups", others, row.GetString(row.FieldCount - 1), "sketches"), problem);
            sum = sum with { Sketches = [] };
        }

        var longest = Own + WindowSelection.All.Count;
        return new FleetWindow
        {
            Instances = row.GetInt32(1),
            HeapInstances = row.GetInt32(2),
            Gen2Instances = row.GetInt32(3),
            CommittedInstances = row.GetInt32(4),
            ProcessInstances = row.GetInt32(5),
            Sum = withLongest && !row.IsDBNull(longest) ? sum with { Longest = LongestBytes.ReadGroup(row.GetFieldValue<byte[]>(longest)) } : sum,
        };
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}

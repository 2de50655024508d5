using System.Data.Common;
using Dapper;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Which instances belong to which service and version.</summary>
internal static class Membership
{
    private const string Columns = "SELECT instance_id AS InstanceId, service AS Service, COALESCE(version, '') AS Version FROM trend_instances ";

    /// <summary>Instances that existed at a time, in the order of their ids, each with its service and version where known.</summary>
    public static IReadOnlyList<(string InstanceId, ServiceVersion? Group)> At(DbConnection connection, long fromMs, long toMs) =>
        [.. connection.Query<Row>(Columns + "WHERE last_window >= @fromMs AND first_window < @toMs ORDER BY instance_id", new { fromMs, toMs })
            .Select(row => (row.InstanceId, GroupOf(row)))];

    /// <summary>Of one instance; null when its service is not known.</summary>
    public static ServiceVersion? Of(DbConnection connection, string instanceId) =>
        connection.QueryFirstOrDefault<Row>(Columns + "WHERE instance_id = @instanceId", new { instanceId }) is { } row ? GroupOf(row) : null;

    /// <summary>Instances of a service and version that existed at a time.</summary>
    public static IReadOnlyList<string> Members(DbConnection connection, ServiceVersion group, long fromMs, long toMs) => connection.Query<string>(
        "SELECT instance_id FROM trend_instances WHERE service = @Service AND COALESCE(version, '') = @Version AND last_window >= @fromMs AND first_window < @toMs ORDER BY instance_id",
        new { group.Service, group.Version, fromMs, toMs }).AsList();

    private static ServiceVersion? GroupOf(Row row) => row.Service is null ? null : new ServiceVersion(row.Service, row.Version);

    private sealed class Row
    {
        public string InstanceId { get; init; } = "";

        public string? Service { get; init; }

        public string Version { get; init; } = "";
    }
}

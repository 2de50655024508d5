using System.Data.Common;
using Dapper;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Fleet;

/// <summary>Rows of services that nobody has seen for long and that nothing else in the catalog tells of. In doubt a service stays.</summary>
internal static class ServiceRemoval
{
    /// <summary>What agents alone said of deploys is no reason to stay; what a pipeline announced is, and what was compared.</summary>
    private const string IsForgotten = """
        last_seen_at < @before
        AND NOT EXISTS (SELECT 1 FROM instances WHERE instances.service = services.service)
        AND NOT EXISTS (SELECT 1 FROM deploys WHERE deploys.service = services.service
            AND (announced_at IS NOT NULL OR comparison_id IS NOT NULL OR seen_at >= @before))
        AND NOT EXISTS (SELECT 1 FROM comparisons WHERE comparisons.service = services.service)
        AND NOT EXISTS (SELECT 1 FROM captures WHERE captures.service = services.service)
        AND NOT EXISTS (SELECT 1 FROM capture_holds WHERE capture_holds.service = services.service)
        AND NOT EXISTS (SELECT 1 FROM trend_instances WHERE trend_instances.service = services.service)
        AND NOT EXISTS (SELECT 1 FROM trend_groups WHERE trend_groups.level_ms IN (SELECT level_ms FROM trend_levels) AND trend_groups.service = services.service)
        """;

    internal const string Select = $"SELECT service FROM services WHERE {IsForgotten}";

    /// <summary>Those that may go.</summary>
    public static IReadOnlyList<string> List(DbConnection connection, long before)
    {
        var forgotten = connection.Query<string>(Select, new { before }).AsList();
        return forgotten.Count == 0 ? [] : [.. forgotten.Except(OfCampaigns(connection), StringComparer.Ordinal)];
    }

    /// <summary>Removes those of these that still may go, with their versions and deploys; returns how many went.</summary>
    public static int Remove(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<string> services, long before)
    {
        var rows = services.Select(service => new { service, before }).ToList();
        var removed = connection.ExecuteEach($"DELETE FROM services WHERE service = @service AND {IsForgotten}", rows, transaction);
        foreach (var table in (string[])["service_versions", "deploys"])
        {
            connection.ExecuteEach(
                $"DELETE FROM {table} WHERE service = @service AND NOT EXISTS (SELECT 1 FROM services WHERE services.service = @service)", services.Select(service => new { service }), transaction);
        }

        return removed;
    }

    private static IEnumerable<string> OfCampaigns(DbConnection connection) =>
        connection.Query<(string Id, string Services)>("SELECT campaign_id, services_json FROM campaigns")
            .SelectMany(row => StoredJson.Texts(row.Services, new CellName("campaigns", "campaign_id", row.Id, "services_json")));
}

using Dapper;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>How the database goes about a query: "SCAN t" reads all of a table.</summary>
internal static class QueryPlan
{
    public static Task<string> OfAsync(CatalogDatabase database, string query, object parameters) => database.ReadAsync(
        connection => string.Join('\n', connection.Query<(long Id, long Parent, long Unused, string Detail)>($"EXPLAIN QUERY PLAN {query}", parameters).Select(row => row.Detail)));
}

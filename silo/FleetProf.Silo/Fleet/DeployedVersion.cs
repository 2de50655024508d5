using System.Data;
using System.Data.Common;
using System.Numerics;
using Dapper;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Fleet;

/// <summary>What the catalog keeps of an instance longer than the instance: its service and, where it has one, the version in an environment.</summary>
internal readonly record struct DeployedVersion(string Service, string Environment, string Version)
{
    public const int PerQuery = 128;

    /// <summary>A process without a version says nothing of an environment either: only its service is kept.</summary>
    public static DeployedVersion Of(Instance instance) =>
        instance.Version.Length == 0 ? new(instance.Service, "", "") : new(instance.Service, instance.Environment, instance.Version);

    /// <summary>Those of these that the catalog has, <see cref="PerQuery"/> at most, among others.</summary>
    public static IEnumerable<DeployedVersion> Known(DbConnection connection, IReadOnlyList<DeployedVersion> versions)
    {
        // Filled up, so that the database meets few different statements.
        var count = (int)BitOperations.RoundUpToPowerOf2((uint)versions.Count);
        var parameters = new DynamicParameters();
        for (var i = 0; i < count; i++)
        {
            var version = versions[Math.Min(i, versions.Count - 1)];
            parameters.Add($"s{i}", version.Service, DbType.String);
            parameters.Add($"e{i}", version.Environment, DbType.String);
            parameters.Add($"v{i}", version.Version, DbType.String);
        }

        return connection.Query<(string Service, string Environment, string Version)>(KnownQuery(count), parameters)
            .Select(row => new DeployedVersion(row.Service, row.Environment, row.Version));
    }

    internal static string KnownQuery(int count) =>
        $"""
        SELECT service, environment, version FROM service_versions
        WHERE (service, environment, version) IN (VALUES {List(count, i => $"(@s{i}, @e{i}, @v{i})")})
        UNION ALL SELECT service, '', '' FROM services WHERE service IN ({List(count, i => $"@s{i}")})
        """;

    private static string List(int count, Func<int, string> item) => string.Join(", ", Enumerable.Range(0, count).Select(item));
}

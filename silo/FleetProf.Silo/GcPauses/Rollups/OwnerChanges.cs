using System.Data.Common;
using Dapper;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Notices that an instance belongs to another service or version than its roll-ups were added to.</summary>
internal static class OwnerChanges
{
    private const int OwnersPerQuery = 200;

    /// <summary>Marks what changes when these owners are stored; call it before.</summary>
    public static void Mark(DbConnection connection, DbTransaction transaction, IEnumerable<InstanceOwner> owners)
    {
        foreach (var part in owners.Where(owner => owner.Service is not null).Chunk(OwnersPerQuery))
        {
            var known = connection.QueryIn<InstanceOwner>(
                "SELECT instance_id AS InstanceId, agent_id AS AgentId, service AS Service, version AS Version FROM trend_instances WHERE instance_id IN",
                [.. part.Select(owner => owner.InstanceId)],
                transaction).ToDictionary(owner => owner.InstanceId, StringComparer.Ordinal);
            Mark(connection, transaction, part, known);
        }
    }

    private static void Mark(DbConnection connection, DbTransaction transaction, IEnumerable<InstanceOwner> owners, Dictionary<string, InstanceOwner> stored)
    {
        foreach (var owner in owners)
        {
            var known = stored.GetValueOrDefault(owner.InstanceId);
            var isSame = known is null || (known.Service == owner.Service && (owner.Version is null || known.Version == owner.Version));
            if (isSame)
            {
                continue;
            }

            LateMarks.AddGroup(connection, transaction, new ServiceVersion(owner.Service!, owner.Version ?? known!.Version ?? ""), owner.InstanceId);
            if (known!.Service is not null)
            {
                LateMarks.AddGroup(connection, transaction, new ServiceVersion(known.Service, known.Version ?? ""), owner.InstanceId);
            }
        }
    }

    /// <summary>Gives instances whose windows came before their inventory the service and version that the catalog knows by now.</summary>
    public static void Adopt(DbConnection connection, DbTransaction transaction)
    {
        var found = connection.Query<InstanceOwner>(
            """
            SELECT trend.instance_id AS InstanceId, trend.agent_id AS AgentId, known.service AS Service, known.version AS Version
            FROM trend_instances AS trend JOIN instances AS known ON known.instance_id = trend.instance_id
            WHERE trend.service IS NULL
            """,
            transaction: transaction).AsList();
        foreach (var owner in found)
        {
            connection.Execute("UPDATE trend_instances SET service = @Service, version = @Version WHERE instance_id = @InstanceId", owner, transaction);
            LateMarks.AddGroup(connection, transaction, new ServiceVersion(owner.Service!, owner.Version ?? ""), owner.InstanceId);
        }
    }
}

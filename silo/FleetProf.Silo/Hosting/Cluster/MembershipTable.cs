using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Damage;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Who is in the cluster, in the catalog that its silos share. Every change is checked against the version of the table and durable when it returns.</summary>
internal sealed class MembershipTable(CatalogDatabase database, IOptions<ClusterOptions> cluster, Neighbours? neighbours = null) : IMembershipTable
{
    private readonly string clusterId = cluster.Value.ClusterId;

    /// <exception cref="CatalogException">This silo is not set up to be one of several, and there are others.</exception>
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await database.WriteAsync((connection, transaction) => connection.Execute(
            "INSERT INTO cluster_versions (cluster_id, version) VALUES (@clusterId, 0) ON CONFLICT (cluster_id) DO NOTHING", new { clusterId }, transaction));
        var others = (await ReadAll()).Members.Select(member => member.Item1).Where(entry => entry.Status != SiloStatus.Dead);
        if (neighbours?.ProblemWith(others) is { } problem)
        {
            throw new CatalogException(problem);
        }
    }

    public Task DeleteMembershipTableEntries(string clusterId) => database.WriteAsync((connection, transaction) =>
    {
        connection.Execute("DELETE FROM cluster_members WHERE cluster_id = @clusterId", new { clusterId }, transaction);
        return connection.Execute("DELETE FROM cluster_versions WHERE cluster_id = @clusterId", new { clusterId }, transaction);
    });

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => database.WriteAsync((connection, transaction) => connection.Execute(
        "DELETE FROM cluster_members WHERE cluster_id = @clusterId AND status = @dead AND alive_at < @before",
        new { clusterId, dead = SiloStatus.Dead, before = beforeDate.ToUnixTimeMilliseconds() },
        transaction));

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadAsync(" AND silo = @silo", Name(key));

    public Task<MembershipTableData> ReadAll() => ReadAsync("", "");

    /// <summary>A silo's own row, with the store that it uses. False when the silo is there already, or the table changed meanwhile.</summary>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        entry.RoleName = neighbours?.Store;
        return ChangeAsync(
            tableVersion,
            (connection, transaction) => connection.Execute(
                "INSERT INTO cluster_members (cluster_id, silo, status, alive_at, etag, entry_json) VALUES (@clusterId, @Silo, @Status, @AliveAt, 1, @Entry) ON CONFLICT (cluster_id, silo) DO NOTHING",
                Row(entry),
                transaction));
    }

    /// <summary>False when the row or the table changed meanwhile.</summary>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => ChangeAsync(
        tableVersion,
        (connection, transaction) => connection.Execute(
            "UPDATE cluster_members SET status = @Status, alive_at = @AliveAt, etag = etag + 1, entry_json = @Entry WHERE cluster_id = @clusterId AND silo = @Silo AND etag = @etag",
            Row(entry, long.Parse(etag, CultureInfo.InvariantCulture)),
            transaction));

    public Task UpdateIAmAlive(MembershipEntry entry) => database.WriteAsync((connection, transaction) => connection.Execute(
        "UPDATE cluster_members SET alive_at = @AliveAt WHERE cluster_id = @clusterId AND silo = @Silo", Row(entry), transaction));

    /// <summary>Silos that have not been declared dead, as <see cref="SiloIdentity"/> names them.</summary>
    public Task<IReadOnlyList<string>> ListLivingAsync(CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<string>>(
        connection => connection.Query<string>("SELECT silo FROM cluster_members WHERE cluster_id = @clusterId AND status <> @dead", new { clusterId, dead = SiloStatus.Dead }).AsList(),
        cancellationToken);

    /// <summary>Whether the cluster has given this silo up.</summary>
    public static bool IsDead(DbConnection connection, DbTransaction transaction, string silo) =>
        connection.ExecuteScalar<long?>("SELECT status FROM cluster_members WHERE silo = @silo", new { silo }, transaction) == (long)SiloStatus.Dead;

    /// <summary>A condition of a statement: the silo that a column names is not one of the cluster as it is in that transaction. A list of the living that was read before may lack one that came since.</summary>
    public static string IsNoMember(string column) => $"NOT EXISTS (SELECT 1 FROM cluster_members m WHERE m.silo = {column} AND m.status <> {(int)SiloStatus.Dead})";

    /// <summary>For what nobody would look at again: others have taken over what this silo had, once, and it hears last that they did.</summary>
    /// <exception cref="CatalogException">The cluster has given this silo up.</exception>
    public static void RequireLiving(DbConnection connection, DbTransaction transaction, string silo)
    {
        if (IsDead(connection, transaction, silo))
        {
            throw new CatalogException("The cluster has given this silo up, and it takes nothing more. It starts again by itself; others go on.") { IsUnreachable = true };
        }
    }

    private static string Name(SiloAddress address) => address.ToParsableString();

    private object Row(MembershipEntry entry, long etag = 0) => new
    {
        clusterId, Silo = Name(entry.SiloAddress), Status = (long)entry.Status, AliveAt = Milliseconds(entry.IAmAliveTime), Entry = JsonSerializer.Serialize(StoredMember.Of(entry)), etag,
    };

    /// <summary>Nothing else can change the tables within one transaction: what is looked at first still holds when it is written.</summary>
    private Task<bool> ChangeAsync(TableVersion tableVersion, Func<DbConnection, DbTransaction, int> change) => database.WriteAsync((connection, transaction) =>
    {
        var version = connection.ExecuteScalar<long?>("SELECT version FROM cluster_versions WHERE cluster_id = @clusterId", new { clusterId }, transaction);
        if (version?.ToString(CultureInfo.InvariantCulture) != tableVersion.VersionEtag || change(connection, transaction) == 0)
        {
            return false;
        }

        connection.Execute("UPDATE cluster_versions SET version = @Version WHERE cluster_id = @clusterId", new { clusterId, Version = (long)tableVersion.Version }, transaction);
        return true;
    });

    private Task<MembershipTableData> ReadAsync(string condition, string silo) => database.ReadAsync(connection =>
    {
        var version = connection.ExecuteScalar<long?>("SELECT version FROM cluster_versions WHERE cluster_id = @clusterId", new { clusterId }) ?? 0;
        var rows = connection.Query<(string Entry, long AliveAt, long Etag)>($"SELECT entry_json, alive_at, etag FROM cluster_members WHERE cluster_id = @clusterId{condition}", new { clusterId, silo });
        return new MembershipTableData(
            [.. rows.Select(row => Tuple.Create(Read(row.Entry, row.AliveAt), row.Etag.ToString(CultureInfo.InvariantCulture)))],
            new TableVersion((int)version, version.ToString(CultureInfo.InvariantCulture)));
    });

    private static MembershipEntry Read(string json, long aliveAt)
    {
        var entry = ReadStored(json).ToEntry();
        entry.IAmAliveTime = DateTimeOffset.FromUnixTimeMilliseconds(aliveAt).UtcDateTime;
        return entry;
    }

    /// <summary>A cluster that lacks a member is no cluster: it waits for somebody.</summary>
    private static StoredMember ReadStored(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredMember>(json) ?? throw new JsonException("It holds null.");
        }
        catch (JsonException damage)
        {
            DamagedCells.Count("cluster_members");
            throw new InvalidDataException("A row of cluster_members cannot be read. Stop all silos, run DELETE FROM cluster_members, and start them: each writes its row anew.", damage);
        }
    }

    private static long Milliseconds(DateTime time) => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeMilliseconds();
}

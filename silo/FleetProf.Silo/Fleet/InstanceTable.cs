using System.Data.Common;
using Dapper;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Fleet;

/// <summary>Tables instances and services. Every write is durable when it returns, and repeating it changes nothing.</summary>
internal sealed class InstanceTable(CatalogDatabase database, SiloIdentity? identity = null)
{
    private const int IdsPerQuery = 200;
    private const int MostListed = 20_000;

    /// <summary>So that other writes need not wait long.</summary>
    private const int ServicesPerRemoval = 200;

    private readonly string silo = identity?.Name ?? "";

    /// <summary>
    /// Stores the whole list of an agent and ends its instances that are not in it. Returns the list as it now holds:
    /// with the time each was first seen, and without instances that run under another connected agent.
    /// </summary>
    public Task<IReadOnlyList<Instance>> ReplaceAsync(string agentId, IReadOnlyList<Instance> instances, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        var rows = instances.Select(instance => InstanceRow.Of(instance, silo)).ToList();
        var services = instances.Select(instance => instance.Service).Distinct(StringComparer.Ordinal).Select(service => new { service, now = now.ToUnixTimeMilliseconds() }).ToList();
        return database.WriteAsync(
            (connection, transaction) =>
            {
                MembershipTable.RequireLiving(connection, transaction, silo);
                connection.ExecuteEach(InstanceRow.Upsert, rows, transaction);
                connection.ExecuteEach(
                    """
                    INSERT INTO services (service, first_seen_at, last_seen_at) VALUES (@service, @now, @now)
                    ON CONFLICT (service) DO UPDATE SET last_seen_at = excluded.last_seen_at WHERE excluded.last_seen_at > services.last_seen_at
                    """,
                    services,
                    transaction);
                return Settle(connection, transaction, agentId, instances, now);
            },
            cancellationToken);
    }

    /// <summary>Running instances that the agent, or any agent when null, told this silo of become unreachable; those it has told another silo of since do not.</summary>
    public Task LoseAsync(string? agentId, DateTimeOffset now, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.Execute(
            LoseStatement(agentId),
            new { agentId, silo, now = now.ToUnixTimeMilliseconds(), unreachable = InstanceState.Unreachable, running = InstanceState.Running },
            transaction),
        cancellationToken);

    /// <summary>
    /// Two statements: with "@agentId IS NULL OR" no index serves, and a fleet that leaves at once would read itself for each of its agents.
    /// COALESCE keeps databases from taking the index by silo, which has the whole fleet under one key.
    /// </summary>
    internal static string LoseStatement(string? agentId) =>
        $"UPDATE instances SET state = @unreachable, state_since = @now WHERE state = @running{(agentId is null ? "" : " AND agent_id = @agentId AND COALESCE(silo, '') = @silo")}";

    /// <summary>Agents whose running instances were told to this silo last.</summary>
    public Task<IReadOnlyList<string>> ListTellersAsync(CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<string>>(
        connection => connection.Query<string>("SELECT DISTINCT agent_id FROM instances WHERE state = @running AND silo = @silo", new { silo, running = InstanceState.Running }).AsList(),
        cancellationToken);

    /// <summary>Running instances whose agents told silos of them that are gone become unreachable until the agents tell another; returns how many.</summary>
    public Task<int> LoseSilosAsync(IReadOnlyCollection<string> living, DateTimeOffset now, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteEach(
            "UPDATE instances SET state = @unreachable, state_since = @now WHERE state = @running AND silo = @gone",
            connection.Query<string>($"SELECT DISTINCT silo FROM instances WHERE state = @running AND {MembershipTable.IsNoMember("instances.silo")}", new { running = InstanceState.Running }, transaction).Except(living)
                .Select(gone => new { gone, now = now.ToUnixTimeMilliseconds(), unreachable = InstanceState.Unreachable, running = InstanceState.Running }),
            transaction),
        cancellationToken);

    /// <summary>Those of these that have ended, or are not known any more.</summary>
    public Task<IReadOnlyList<string>> WhichEndedAsync(IReadOnlyCollection<string> instanceIds, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<string>>(
        connection => [.. instanceIds.Chunk(IdsPerQuery).SelectMany(part => part.Except(connection.QueryIn<string>(
            "SELECT instance_id FROM instances WHERE state <> 1 AND instance_id IN", [.. part])))],
        cancellationToken);

    /// <summary>With which GC settings those of these ran that the catalog has, which keeps what ended for a month.</summary>
    public Task<Dictionary<string, IReadOnlyDictionary<string, string>>> ListGcSettingsAsync(IReadOnlyCollection<string> instanceIds, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => instanceIds.Chunk(IdsPerQuery)
            .SelectMany(part => connection.QueryIn<InstanceRow>($"{InstanceRow.Select} WHERE instance_id IN", part))
            .ToDictionary(row => row.InstanceId, row => row.ToInstance().GcSettings, StringComparer.Ordinal),
        cancellationToken);

    /// <summary>
    /// Instances that are unreachable since tomorrow or later were lost while the host's clock was ahead, and would not end before that time: they
    /// count as lost now. By the host's clock, since a time that is held back lies before what was lost just now.
    /// </summary>
    public Task RestampUnreachableAsync(DateTimeOffset now, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.Execute(
            "UPDATE instances SET state_since = @now WHERE state = @unreachable AND state_since > @latest",
            new { now = now.ToUnixTimeMilliseconds(), latest = now.AddDays(1).ToUnixTimeMilliseconds(), unreachable = InstanceState.Unreachable },
            transaction),
        cancellationToken);

    /// <summary>Instances that have been unreachable since before a time count as ended; returns their ids.</summary>
    public Task<IReadOnlyList<string>> EndUnreachableAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken = default) => database.WriteAsync<IReadOnlyList<string>>(
        (connection, transaction) =>
        {
            var arguments = new
            {
                before = before.ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds(), unreachable = InstanceState.Unreachable, ended = InstanceState.Ended,
            };
            var ids = connection.Query<string>("SELECT instance_id FROM instances WHERE state = @unreachable AND state_since < @before", arguments, transaction).AsList();
            connection.Execute("UPDATE instances SET state = @ended, state_since = @now WHERE state = @unreachable AND state_since < @before", arguments, transaction);
            return ids;
        },
        cancellationToken);

    /// <summary>Null when unknown.</summary>
    public Task<Instance?> FindAsync(string instanceId, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<InstanceRow>($"{InstanceRow.Select} WHERE instance_id = @instanceId", new { instanceId })?.ToInstance(),
        cancellationToken);

    /// <summary>Removes instances that ended before a time, so many at most; returns how many went. Their captures and deploys stay.</summary>
    public Task<int> RemoveEndedAsync(DateTimeOffset before, int most, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.Execute(
            "DELETE FROM instances WHERE instance_id IN (SELECT instance_id FROM instances WHERE state = @ended AND state_since < @before LIMIT @most)",
            new { before = before.ToUnixTimeMilliseconds(), most, ended = InstanceState.Ended },
            transaction),
        cancellationToken);

    /// <summary>
    /// Removes services that nothing has been seen of since a time and that nothing else tells of, with their versions and deploys; returns how many went.
    /// </summary>
    public async Task<int> RemoveServicesAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var beforeMs = before.ToUnixTimeMilliseconds();
        var removed = 0;
        foreach (var part in (await database.ReadAsync(connection => ServiceRemoval.List(connection, beforeMs), cancellationToken)).Chunk(ServicesPerRemoval))
        {
            removed += await database.WriteAsync((connection, transaction) => ServiceRemoval.Remove(connection, transaction, part, beforeMs), cancellationToken);
        }

        return removed;
    }

    /// <summary>Those of these that the catalog has seen.</summary>
    public Task<IReadOnlySet<DeployedVersion>> WhichKnownAsync(IReadOnlyCollection<DeployedVersion> versions, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlySet<DeployedVersion>>(connection => versions.Chunk(DeployedVersion.PerQuery).SelectMany(part => DeployedVersion.Known(connection, part)).ToHashSet(), cancellationToken);

    /// <summary>Everything that has not ended as far as is known.</summary>
    public Task<IReadOnlyList<Instance>> ListKnownAsync(CancellationToken cancellationToken = default) => ListAsync(new InstanceFilter(), int.MaxValue, cancellationToken);

    /// <summary>By service, newest first; for those who ask from outside, so many at most.</summary>
    public Task<IReadOnlyList<Instance>> ListAsync(InstanceFilter filter, CancellationToken cancellationToken = default) =>
        ListAsync(filter, Math.Clamp(filter.Limit, 1, MostListed), cancellationToken);

    private Task<IReadOnlyList<Instance>> ListAsync(InstanceFilter filter, int limit, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters(
            new { filter.Service, filter.Version, filter.Host, running = InstanceState.Running, unreachable = InstanceState.Unreachable, limit });
        var query = ListQuery(filter, CallScope.Condition("service", parameters));
        return database.ReadAsync<IReadOnlyList<Instance>>(connection => [.. connection.Query<InstanceRow>(query, parameters).Select(row => row.ToInstance())], cancellationToken);
    }

    /// <summary>Only conditions that are given: with "@Service IS NULL OR" no index serves, and most rows are of instances that ended.</summary>
    internal static string ListQuery(InstanceFilter filter, string? scope = null)
    {
        var conditions = new (string Sql, bool IsGiven)[]
        {
            ("service = @Service", filter.Service is not null),
            ("version = @Version", filter.Version is not null),
            ("host = @Host", filter.Host is not null),
            ("state IN (@running, @unreachable)", !filter.IncludeEnded),
            (scope ?? "", scope is not null),
        };
        var given = conditions.Where(condition => condition.IsGiven).Select(condition => condition.Sql).ToList();
        var where = given.Count == 0 ? "" : $"WHERE {string.Join(" AND ", given)}";
        return $"{InstanceRow.Select} {where} ORDER BY service, started_at DESC, instance_id LIMIT @limit";
    }

    private static IReadOnlyList<Instance> Settle(DbConnection connection, DbTransaction transaction, string agentId, IReadOnlyList<Instance> instances, DateTimeOffset now)
    {
        var mine = connection.Query<(string InstanceId, long FirstSeenAt)>(
            "SELECT instance_id, first_seen_at FROM instances WHERE agent_id = @agentId AND state <> @ended",
            new { agentId, ended = InstanceState.Ended },
            transaction).ToDictionary(row => row.InstanceId, row => row.FirstSeenAt, StringComparer.Ordinal);
        var named = instances.Select(instance => instance.InstanceId).ToHashSet(StringComparer.Ordinal);
        var gone = mine.Keys.Where(id => !named.Contains(id)).Select(id => new { id, now = now.ToUnixTimeMilliseconds(), ended = InstanceState.Ended });
        connection.ExecuteEach("UPDATE instances SET state = @ended, state_since = @now, last_seen_at = @now WHERE instance_id = @id", gone, transaction);
        return [.. instances.Where(instance => mine.ContainsKey(instance.InstanceId))
            .Select(instance => instance with { FirstSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(mine[instance.InstanceId]) })];
    }
}

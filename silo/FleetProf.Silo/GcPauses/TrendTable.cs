using System.Data.Common;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Hours;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses;

/// <summary>Takes windows into trend_windows and trend_instances. Writes are durable when they return, and repeating them changes nothing.</summary>
internal sealed class TrendTable(CatalogDatabase database)
{
    private const int IdsPerQuery = 200;

    /// <summary>Some tens of milliseconds for the writer.</summary>
    private const int CallersPerWrite = 200;

    /// <summary>An agent keeps a window until it is acknowledged, and has sent it some seconds after its end.</summary>
    private static readonly TimeSpan RestOfWrites = TimeSpan.FromMilliseconds(100);

    private const string UpsertInstance = """
        INSERT INTO trend_instances (instance_id, agent_id, service, version, first_window, last_window, last_end)
        VALUES (@InstanceId, @AgentId, @Service, @Version, @First, @Last, @LastEnd)
        ON CONFLICT (instance_id) DO UPDATE SET
            agent_id = excluded.agent_id,
            service = COALESCE(excluded.service, trend_instances.service), version = COALESCE(excluded.version, trend_instances.version),
            first_window = CASE WHEN excluded.first_window < trend_instances.first_window THEN excluded.first_window ELSE trend_instances.first_window END,
            last_end = CASE WHEN excluded.last_window >= trend_instances.last_window THEN excluded.last_end ELSE trend_instances.last_end END,
            last_window = CASE WHEN excluded.last_window > trend_instances.last_window THEN excluded.last_window ELSE trend_instances.last_window END
        """;

    /// <summary>The coarsest level as far as it is right, then the finer ones.</summary>
    private const string CountGcs = """
        SELECT COALESCE(SUM(gcs), 0) FROM (
            SELECT gen0_count + gen1_count + gen2_count AS gcs FROM trend_windows WHERE instance_id = @instanceId AND window_start >= @minutesTo
            UNION ALL
            SELECT gen0_count + gen1_count + gen2_count FROM trend_rollups
            WHERE level_ms = @MinuteMs AND instance_id = @instanceId AND window_start >= @quartersTo AND window_start < @minutesTo
            UNION ALL
            SELECT gen0_count + gen1_count + gen2_count FROM trend_rollups
            WHERE level_ms = @QuarterMs AND instance_id = @instanceId AND window_start < @quartersTo) AS counts
        """;

    private readonly GatheredWrites<(IReadOnlyList<ReportedWindow> Windows, IReadOnlyCollection<InstanceOwner> Owners), int> upserts = new(database, Upsert, CallersPerWrite, RestOfWrites, TimeProvider.System);

    /// <summary>
    /// Stores windows, one commit for all of them. A later window of the same instance and start replaces the earlier one; one that comes
    /// after its minute was rolled up has that computed again. Returns how many were left out because their time has been swept.
    /// </summary>
    public Task<int> UpsertAsync(IReadOnlyList<ReportedWindow> windows, IReadOnlyCollection<InstanceOwner> owners, CancellationToken cancellationToken = default) =>
        upserts.WriteAsync((windows, owners), cancellationToken);

    private static IReadOnlyList<int> Upsert(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<(IReadOnlyList<ReportedWindow> Windows, IReadOnlyCollection<InstanceOwner> Owners)> callers)
    {
        var levels = TrendLevels.Read(connection, transaction);
        var keptFrom = levels.Of(TrendLevel.WindowMs).KeptFrom;
        var kept = callers.Select(caller => caller.Windows.Where(window => window.Window.StartMs >= keptFrom).ToList()).ToList();
        using (var writer = RowWriter.ForWindows(connection, transaction))
        {
            kept.ForEach(ofOne => ofOne.ForEach(writer.WriteWindow));
            writer.Flush();
        }

        var windows = kept.SelectMany(ofOne => ofOne).Select(window => window.Window).ToList();
        LateMarks.Add(connection, transaction, TrendLevel.MinuteMs, windows.Where(window => window.StartMs < levels.Of(TrendLevel.MinuteMs).RollingTo));
        HourMarks.Touch(connection, transaction, [.. windows.Where(window => window.StartMs < levels.Of(PackedHour.LengthMs).RollingTo)]);
        foreach (var owners in InTurns(callers.SelectMany(caller => caller.Owners)))
        {
            UpsertOwners(connection, transaction, windows, owners);
        }

        return [.. callers.Zip(kept, (caller, ofOne) => caller.Windows.Count - ofOne.Count)];
    }

    /// <summary>Nearly always all at once; an instance that two callers name has two turns, as it would have if each had come alone.</summary>
    private static IEnumerable<IReadOnlyList<InstanceOwner>> InTurns(IEnumerable<InstanceOwner> owners) => owners
        .GroupBy(owner => owner.InstanceId, StringComparer.Ordinal)
        .SelectMany(ofOne => ofOne.Select((owner, turn) => (owner, turn)))
        .GroupBy(one => one.turn, one => one.owner)
        .OrderBy(turn => turn.Key)
        .Select(turn => turn.ToList());

    private static void UpsertOwners(DbConnection connection, DbTransaction transaction, List<PauseWindow> windows, IReadOnlyList<InstanceOwner> owners)
    {
        var byInstance = windows.ToLookup(window => window.InstanceId, StringComparer.Ordinal);
        var rows = owners.Where(owner => byInstance.Contains(owner.InstanceId)).ToList();
        OwnerChanges.Mark(connection, transaction, rows);
        connection.ExecuteEach(
            UpsertInstance,
            rows.Select(owner => (Owner: owner, Last: byInstance[owner.InstanceId].OrderBy(window => window.StartMs).Last())).Select(row => new
            {
                row.Owner.InstanceId,
                row.Owner.AgentId,
                row.Owner.Service,
                row.Owner.Version,
                First = byInstance[row.Owner.InstanceId].Min(window => window.StartMs),
                Last = row.Last.StartMs,
                LastEnd = row.Last.StartMs + row.Last.ObservedMs,
            }),
            transaction);
    }

    /// <summary>Start of the last stored window of each of these instances, Unix milliseconds; those without any are left out.</summary>
    public Task<Dictionary<string, long>> LastWindowsAsync(IReadOnlyCollection<string> instanceIds, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => instanceIds.Chunk(IdsPerQuery)
            .SelectMany(part => connection.QueryIn<(string InstanceId, long Last)>("SELECT instance_id, last_window FROM trend_instances WHERE instance_id IN", part))
            .ToDictionary(row => row.InstanceId, row => row.Last, StringComparer.Ordinal),
        cancellationToken);

    /// <summary>By the catalog, else by whose windows came first. Null when neither knows the instance.</summary>
    public Task<InstanceOwner?> FindOwnerAsync(string instanceId, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<InstanceOwner>(
            """
            SELECT instance_id AS InstanceId, agent_id AS AgentId, service AS Service, version AS Version, 0 AS source FROM instances WHERE instance_id = @instanceId
            UNION ALL
            SELECT instance_id, agent_id, service, version, 1 FROM trend_instances WHERE instance_id = @instanceId
            ORDER BY source
            """,
            new { instanceId }),
        cancellationToken);

    /// <summary>GCs in all stored windows of an instance, also those that have been rolled up and removed.</summary>
    public Task<long> CountGcsAsync(string instanceId, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection =>
        {
            var levels = TrendLevels.Read(connection);
            var late = LateMarks.FirstOf(connection, instanceId) ?? long.MaxValue;
            var minutesTo = Math.Min(levels.Of(TrendLevel.MinuteMs).RolledTo, TrendLevel.StartOf(late, TrendLevel.MinuteMs));
            var quartersTo = Math.Min(levels.Of(TrendLevel.QuarterMs).RolledTo, TrendLevel.StartOf(late, TrendLevel.QuarterMs));
            return connection.ExecuteScalar<long>(CountGcs, new { instanceId, minutesTo, quartersTo, TrendLevel.MinuteMs, TrendLevel.QuarterMs });
        },
        cancellationToken);
}

using System.Data.Common;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Storage;
using Google.Protobuf;

namespace FleetProf.Silo.GcPauses;

/// <summary>Tables trend_windows and trend_instances. Writes are durable when they return, and repeating them changes nothing.</summary>
internal sealed class TrendTable(CatalogDatabase database)
{
    /// <summary>So that a sweep after a long pause does not hold up the acknowledgement of windows.</summary>
    private const int SweepBatch = 5_000;

    private const string Upsert = """
        INSERT INTO trend_windows (
            instance_id, window_start, window_ms, observed_ms, gen0_count, gen1_count, gen2_count, background_count, induced_count, missed_count, own_count,
            pause_ms, max_pause_ms, suspend_ms, other_suspension_count, other_suspension_ms, allocated_bytes, promoted_bytes,
            gen0_bytes, gen1_bytes, gen2_bytes, loh_bytes, poh_bytes, heap_before_bytes, gen2_after_bytes, fragmented_bytes, committed_bytes,
            cpu_seconds, working_set_bytes, thread_count, first_gc_number, last_gc_number, pinned_object_count, gc_handle_count,
            finalization_promoted_count, sketches, longest)
        VALUES (
            @InstanceId, @StartMs, @WindowMs, @ObservedMs, @Gen0Count, @Gen1Count, @Gen2Count, @BackgroundCount, @InducedCount, @MissedCount, @OwnCount,
            @PauseMs, @MaxPauseMs, @SuspendMs, @OtherSuspensionCount, @OtherSuspensionMs, @AllocatedBytes, @PromotedBytes,
            @Gen0Bytes, @Gen1Bytes, @Gen2Bytes, @LohBytes, @PohBytes, @HeapBeforeBytes, @HeapAfterGen2Bytes, @FragmentedBytes, @CommittedBytes,
            @CpuSeconds, @WorkingSetBytes, @ThreadCount, @FirstGcNumber, @LastGcNumber, @PinnedObjectCount, @GcHandleCount,
            @FinalizationPromotedCount, @Sketches, @Longest)
        ON CONFLICT (instance_id, window_start) DO UPDATE SET
            window_ms = excluded.window_ms, observed_ms = excluded.observed_ms, gen0_count = excluded.gen0_count, gen1_count = excluded.gen1_count,
            gen2_count = excluded.gen2_count, background_count = excluded.background_count, induced_count = excluded.induced_count,
            missed_count = excluded.missed_count, own_count = excluded.own_count, pause_ms = excluded.pause_ms, max_pause_ms = excluded.max_pause_ms,
            suspend_ms = excluded.suspend_ms, other_suspension_count = excluded.other_suspension_count, other_suspension_ms = excluded.other_suspension_ms,
            allocated_bytes = excluded.allocated_bytes, promoted_bytes = excluded.promoted_bytes, gen0_bytes = excluded.gen0_bytes,
            gen1_bytes = excluded.gen1_bytes, gen2_bytes = excluded.gen2_bytes, loh_bytes = excluded.loh_bytes, poh_bytes = excluded.poh_bytes,
            heap_before_bytes = excluded.heap_before_bytes, gen2_after_bytes = excluded.gen2_after_bytes, fragmented_bytes = excluded.fragmented_bytes,
            committed_bytes = excluded.committed_bytes, cpu_seconds = excluded.cpu_seconds, working_set_bytes = excluded.working_set_bytes,
            thread_count = excluded.thread_count, first_gc_number = excluded.first_gc_number, last_gc_number = excluded.last_gc_number,
            pinned_object_count = excluded.pinned_object_count, gc_handle_count = excluded.gc_handle_count,
            finalization_promoted_count = excluded.finalization_promoted_count, sketches = excluded.sketches, longest = excluded.longest
        """;

    private const string UpsertInstance = """
        INSERT INTO trend_instances (instance_id, agent_id, service, version, first_window, last_window)
        VALUES (@InstanceId, @AgentId, @Service, @Version, @First, @Last)
        ON CONFLICT (instance_id) DO UPDATE SET
            agent_id = excluded.agent_id,
            service = COALESCE(excluded.service, trend_instances.service), version = COALESCE(excluded.version, trend_instances.version),
            first_window = CASE WHEN excluded.first_window < trend_instances.first_window THEN excluded.first_window ELSE trend_instances.first_window END,
            last_window = CASE WHEN excluded.last_window > trend_instances.last_window THEN excluded.last_window ELSE trend_instances.last_window END
        """;

    private const string CountGcs = "SELECT COALESCE(SUM(gen0_count + gen1_count + gen2_count), 0) FROM trend_windows WHERE instance_id = @instanceId";

    // Two halves, since a condition on COALESCE(trend.service, known.service) reads every instance of every service.
    internal const string InstancesOfService = """
        SELECT trend.instance_id AS InstanceId, trend.agent_id AS AgentId, trend.service AS Service,
               COALESCE(trend.version, known.version) AS Version, known.environment AS Environment, trend.first_window AS FirstWindow
        FROM trend_instances AS trend LEFT JOIN instances AS known ON known.instance_id = trend.instance_id
        WHERE trend.service = @service AND trend.last_window >= @from AND trend.first_window < @to
        UNION ALL
        SELECT trend.instance_id, trend.agent_id, known.service, COALESCE(trend.version, known.version), known.environment, trend.first_window
        FROM trend_instances AS trend JOIN instances AS known ON known.instance_id = trend.instance_id
        WHERE trend.service IS NULL AND known.service = @service AND trend.last_window >= @from AND trend.first_window < @to
        ORDER BY 1
        """;

    /// <summary>Stores windows, one commit for all of them. A later window of the same instance and start replaces the earlier one.</summary>
    public Task UpsertAsync(IReadOnlyList<ReportedWindow> windows, IReadOnlyCollection<InstanceOwner> owners, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) =>
        {
            connection.Execute(Upsert, windows.Select(RowOf), transaction);
            var byInstance = windows.ToLookup(window => window.Window.InstanceId, window => window.Window.StartMs);
            return connection.Execute(
                UpsertInstance,
                owners.Select(owner => new
                {
                    owner.InstanceId,
                    owner.AgentId,
                    owner.Service,
                    owner.Version,
                    First = byInstance[owner.InstanceId].Min(),
                    Last = byInstance[owner.InstanceId].Max(),
                }),
                transaction);
        },
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

    /// <summary>GCs in all stored windows of an instance.</summary>
    public Task<long> CountGcsAsync(string instanceId, CancellationToken cancellationToken = default) =>
        database.ReadAsync(connection => connection.ExecuteScalar<long>(CountGcs, new { instanceId }), cancellationToken);

    /// <summary>Instances of a service that have windows in a range. What was not known when the windows came is read from the catalog.</summary>
    public Task<IReadOnlyList<InstanceOwner>> ListInstancesAsync(string service, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<InstanceOwner>>(
            connection => connection.Query<InstanceOwner>(InstancesOfService, new { service, from = from.ToUnixTimeMilliseconds(), to = to.ToUnixTimeMilliseconds() }).AsList(),
            cancellationToken);

    /// <summary>Windows that start in [from, to), by instance in the given order, then by start.</summary>
    public Task<List<PauseWindow>> ReadAsync(IReadOnlyList<string> instanceIds, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        database.ReadAsync(
            connection =>
            {
                var windows = new List<PauseWindow>();
                using var reader = new PauseWindowReader(connection);
                foreach (var instanceId in instanceIds)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    reader.Read(instanceId, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), windows);
                }

                return windows;
            },
            cancellationToken);

    /// <summary>Removes windows that start before a time, and instances without any. Returns how many windows went.</summary>
    public async Task<long> RemoveBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        var before = time.ToUnixTimeMilliseconds();
        long total = 0;
        for (var removed = SweepBatch; removed == SweepBatch; total += removed)
        {
            removed = await database.WriteAsync((connection, transaction) => RemoveBatch(connection, transaction, before), cancellationToken);
        }

        return total;
    }

    private static int RemoveBatch(DbConnection connection, DbTransaction transaction, long before)
    {
        var removed = connection.Execute(
            """
            DELETE FROM trend_windows WHERE (instance_id, window_start) IN
                (SELECT instance_id, window_start FROM trend_windows WHERE window_start < @before ORDER BY window_start LIMIT @SweepBatch)
            """,
            new { before, SweepBatch },
            transaction);
        if (removed < SweepBatch)
        {
            connection.Execute("DELETE FROM trend_instances WHERE last_window < @before", new { before }, transaction);
        }

        return removed;
    }

    private static object RowOf(ReportedWindow reported)
    {
        var (window, message) = reported;
        return new
        {
            window.InstanceId, window.StartMs, window.WindowMs, window.ObservedMs,
            window.Gen0Count, window.Gen1Count, window.Gen2Count, window.BackgroundCount, window.InducedCount, window.MissedCount,
            OwnCount = (long)message.OwnGcCount,
            window.PauseMs, window.MaxPauseMs, window.SuspendMs,
            OtherSuspensionCount = (long)message.OtherSuspensionCount,
            OtherSuspensionMs = ReportedWindow.Safe(message.OtherSuspensionMs),
            window.AllocatedBytes, window.PromotedBytes,
            Gen0Bytes = window.Heap?.Gen0, Gen1Bytes = window.Heap?.Gen1, Gen2Bytes = window.Heap?.Gen2, LohBytes = window.Heap?.Loh, PohBytes = window.Heap?.Poh,
            HeapBeforeBytes = window.Heap is null ? (long?)null : message.HeapBeforeBytes,
            window.HeapAfterGen2Bytes, window.FragmentedBytes,
            CommittedBytes = message.CommittedBytes > 0 ? message.CommittedBytes : (long?)null,
            window.CpuSeconds, window.WorkingSetBytes,
            ThreadCount = (long)message.ThreadCount,
            FirstGcNumber = (long)message.FirstGcNumber,
            LastGcNumber = (long)message.LastGcNumber,
            PinnedObjectCount = (long)message.PinnedObjectCount,
            GcHandleCount = (long)message.GcHandleCount,
            message.FinalizationPromotedCount,
            Sketches = window.Sketches.Length == 0 ? null : window.Sketches,
            Longest = message.Longest.Count == 0 ? null : new VitalsWindow { Longest = { message.Longest } }.ToByteArray(),
        };
    }
}

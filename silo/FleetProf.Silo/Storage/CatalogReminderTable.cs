using System.Globalization;
using Dapper;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace FleetProf.Silo.Storage;

/// <summary>Reminders in the catalog, durable when a call returns.</summary>
internal sealed class CatalogReminderTable(CatalogDatabase database, IOptions<ClusterOptions> cluster, TimeProvider clock) : IReminderTable
{
    private const string Columns =
        "SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_at AS StartAt, period_ms AS PeriodMs, version AS Version FROM reminders WHERE service_id = @ServiceId ";

    private readonly string serviceId = cluster.Value.ServiceId;

    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        ReadAsync(Columns + "AND grain_id = @GrainId", new { ServiceId = serviceId, GrainId = grainId.ToString() });

    /// <summary>Rows with a hash in (begin, end]; the range wraps around when begin is not below end, and is everything when they are equal.</summary>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadAsync(
        Columns + (begin < end ? "AND grain_hash > @Begin AND grain_hash <= @End" : "AND (grain_hash > @Begin OR grain_hash <= @End)"),
        new { ServiceId = serviceId, Begin = (long)begin, End = (long)end });

    /// <summary>Null when there is no such reminder.</summary>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        var rows = await ReadAsync(
            Columns + "AND grain_id = @GrainId AND reminder_name = @ReminderName",
            new { ServiceId = serviceId, GrainId = grainId.ToString(), ReminderName = reminderName });
        return rows.Reminders.FirstOrDefault();
    }

    /// <summary>Returns the new etag.</summary>
    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var row = new
        {
            ServiceId = serviceId,
            GrainId = entry.GrainId.ToString(),
            entry.ReminderName,
            GrainHash = (long)entry.GrainId.GetUniformHashCode(),
            StartAt = new DateTimeOffset(DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc)).ToUnixTimeMilliseconds(),
            PeriodMs = (long)entry.Period.TotalMilliseconds,
            // Starts at the clock, so that a reminder registered again never gets an etag that an earlier one had.
            Now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var version = await database.WriteAsync((connection, transaction) => connection.ExecuteScalar<long>(
            """
            INSERT INTO reminders (service_id, grain_id, reminder_name, grain_hash, start_at, period_ms, version)
            VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartAt, @PeriodMs, @Now)
            ON CONFLICT (service_id, grain_id, reminder_name)
            DO UPDATE SET start_at = excluded.start_at, period_ms = excluded.period_ms, version = reminders.version + 1
            RETURNING version
            """,
            row,
            transaction));
        entry.ETag = version.ToString(CultureInfo.InvariantCulture);
        return entry.ETag;
    }

    /// <summary>False when it is not there or has another etag.</summary>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        if (!long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return Task.FromResult(false);
        }

        var row = new { ServiceId = serviceId, GrainId = grainId.ToString(), ReminderName = reminderName, Version = version };
        return database.WriteAsync((connection, transaction) => connection.Execute(
            "DELETE FROM reminders WHERE service_id = @ServiceId AND grain_id = @GrainId AND reminder_name = @ReminderName AND version = @Version",
            row,
            transaction) > 0);
    }

    public Task TestOnlyClearTable() => database.WriteAsync((connection, transaction) =>
        connection.Execute("DELETE FROM reminders WHERE service_id = @ServiceId", new { ServiceId = serviceId }, transaction));

    private async Task<ReminderTableData> ReadAsync(string query, object parameters)
    {
        var rows = await database.ReadAsync(connection => connection.Query<Row>(query, parameters).AsList());
        return new ReminderTableData(rows.Select(ToEntry));
    }

    private static ReminderEntry ToEntry(Row row) => new()
    {
        GrainId = GrainId.Parse(row.GrainId, CultureInfo.InvariantCulture),
        ReminderName = row.ReminderName,
        StartAt = DateTimeOffset.FromUnixTimeMilliseconds(row.StartAt).UtcDateTime,
        Period = TimeSpan.FromMilliseconds(row.PeriodMs),
        ETag = row.Version.ToString(CultureInfo.InvariantCulture),
    };

    private sealed class Row
    {
        public string GrainId { get; init; } = "";

        public string ReminderName { get; init; } = "";

        public long StartAt { get; init; }

        public long PeriodMs { get; init; }

        public long Version { get; init; }
    }
}

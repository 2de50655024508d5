using System.Data.Common;
using Dapper;
using FleetProf.Contracts.Budgets;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Budgets;

/// <summary>Table capture_holds. Durable when it returns, with the audit row of the call.</summary>
internal sealed class HoldTable(CatalogDatabase database, TimeProvider clock)
{
    private const string Columns = "service AS Service, reason AS Reason, placed_by AS PlacedBy, placed_at AS PlacedAt, ends_at AS EndsAt, is_by_alert AS IsByAlert";

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Those in force, that of the whole fleet first.</summary>
    public Task<IReadOnlyList<CaptureHold>> ListAsync(CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<CaptureHold>>(
        connection => [.. connection.Query<Row>($"SELECT {Columns} FROM capture_holds WHERE COALESCE(ends_at, @Now + 1) > @Now ORDER BY service", new { Now }).Select(row => row.ToHold())
            .OrderByDescending(hold => hold.IsForAll)],
        cancellationToken);

    /// <summary>Replaces the one of the same service; one by an alert only where that ends earlier. Returns what is in force then.</summary>
    public Task<CaptureHold> PlaceAsync(CaptureHold hold) => database.WriteAuditedAsync(
        (connection, transaction) =>
        {
            connection.Execute("DELETE FROM capture_holds WHERE ends_at <= @Now", new { Now }, transaction);
            connection.Execute(
                """
                INSERT INTO capture_holds (service, reason, placed_by, placed_at, ends_at, is_by_alert)
                VALUES (@Service, @Reason, @PlacedBy, @PlacedAt, @EndsAt, @IsByAlert)
                ON CONFLICT (service) DO UPDATE SET
                    reason = excluded.reason, placed_by = excluded.placed_by, placed_at = excluded.placed_at, ends_at = excluded.ends_at, is_by_alert = excluded.is_by_alert
                WHERE excluded.is_by_alert = 0 OR capture_holds.ends_at < excluded.ends_at
                """,
                Row.Of(hold),
                transaction);
            return Find(connection, transaction, hold.Service);
        },
        _ => true);

    /// <summary>False when there is none in force.</summary>
    public Task<bool> LiftAsync(string service) => database.WriteAuditedAsync(
        (connection, transaction) => connection.Execute("DELETE FROM capture_holds WHERE service = @service AND COALESCE(ends_at, @Now + 1) > @Now", new { service, Now }, transaction) > 0,
        isLifted => isLifted);

    private static CaptureHold Find(DbConnection connection, DbTransaction transaction, string service) =>
        connection.QuerySingle<Row>($"SELECT {Columns} FROM capture_holds WHERE service = @service", new { service }, transaction).ToHold();

    private sealed class Row
    {
        public string Service { get; init; } = "";

        public string Reason { get; init; } = "";

        public string PlacedBy { get; init; } = "";

        public long PlacedAt { get; init; }

        public long? EndsAt { get; init; }

        public long IsByAlert { get; init; }

        public static Row Of(CaptureHold hold) => new()
        {
            Service = hold.Service,
            Reason = hold.Reason,
            PlacedBy = hold.PlacedBy,
            PlacedAt = hold.PlacedAt.ToUnixTimeMilliseconds(),
            EndsAt = hold.EndsAt?.ToUnixTimeMilliseconds(),
            IsByAlert = hold.IsByAlert ? 1 : 0,
        };

        public CaptureHold ToHold() => new()
        {
            Service = Service,
            Reason = Reason,
            PlacedBy = PlacedBy,
            PlacedAt = DateTimeOffset.FromUnixTimeMilliseconds(PlacedAt),
            EndsAt = EndsAt is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
            IsByAlert = IsByAlert != 0,
        };
    }
}

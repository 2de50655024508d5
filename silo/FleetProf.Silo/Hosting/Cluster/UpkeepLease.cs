using System.Data.Common;
using Dapper;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>
/// The right to do for all silos on one database what only one may do: roll-ups, removals, taking over from silos that are gone. No clocks
/// are compared: the holder renews, and who has watched one renewal for longer than its life takes it. A holder that was only slow finds
/// out when it writes, because every such write checks the epoch in its own transaction. Thread-safe.
/// </summary>
public sealed class UpkeepLease(CatalogDatabase database, TimeProvider clock, SiloIdentity? identity = null)
{
    /// <summary>Without a renewal for so long it is free.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private const string Name = "upkeep";
    private readonly string me = identity?.Name ?? "";

    /// <summary>The last renewal of somebody else that was seen, and when it was seen first.</summary>
    private (long Epoch, long Beat, long At)? seen;
    private Held? held;

    /// <summary>Whether this silo may go on. It may be over a moment later; <see cref="Require"/> decides.</summary>
    public bool IsHeld => held is { } now && clock.GetElapsedTime(now.Since) < Life;

    /// <summary>Renews or takes it where that is possible. True when it was not held before: one that was renewed late, with nobody between, was.</summary>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken = default)
    {
        var before = held;
        var asked = clock.GetTimestamp();
        var epoch = await database.WriteAsync((connection, transaction) => Renew(connection, transaction), cancellationToken);
        held = epoch is { } mine ? new Held(mine, asked) : null;
        return held is not null && before?.Epoch != held.Epoch;
    }

    /// <summary>Another silo need not wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (held is { } now)
        {
            held = null;
            await database.WriteAsync(
                (connection, transaction) => connection.Execute("UPDATE leases SET holder = '', beat = beat + 1 WHERE name = @Name AND holder = @me AND epoch = @Epoch", new { Name, me, now.Epoch }, transaction),
                cancellationToken);
        }
    }

    /// <summary>Call it first in the transaction of a write that needs the lease.</summary>
    /// <exception cref="LeaseLostException">This silo does not hold it.</exception>
    public void Require(DbConnection connection, DbTransaction transaction)
    {
        var epoch = connection.ExecuteScalar<long?>("SELECT epoch FROM leases WHERE name = @Name AND holder = @me", new { Name, me }, transaction);
        if (epoch is null || epoch != held?.Epoch)
        {
            throw new LeaseLostException();
        }
    }

    /// <summary>The epoch; null when another silo has it.</summary>
    private long? Renew(DbConnection connection, DbTransaction transaction)
    {
        var rows = connection.Query<(string Holder, long Epoch, long Beat)>("SELECT holder, epoch, beat FROM leases WHERE name = @Name", new { Name }, transaction).AsList();
        if (rows is not [var stored])
        {
            connection.Execute("INSERT INTO leases (name, holder, epoch, beat) VALUES (@Name, @me, 1, 1)", new { Name, me }, transaction);
            return 1;
        }

        if (stored.Holder == me && held?.Epoch == stored.Epoch)
        {
            connection.Execute("UPDATE leases SET beat = beat + 1 WHERE name = @Name", new { Name }, transaction);
            return stored.Epoch;
        }

        if (!IsFree(connection, transaction, stored))
        {
            return null;
        }

        connection.Execute("UPDATE leases SET holder = @me, epoch = epoch + 1, beat = 1 WHERE name = @Name", new { Name, me }, transaction);
        return stored.Epoch + 1;
    }

    private bool IsFree(DbConnection connection, DbTransaction transaction, (string Holder, long Epoch, long Beat) stored)
    {
        // A database that nobody shares has no other holder than an earlier run of this silo; neither has a name given back, or this very silo's.
        if (!database.IsShared || stored.Holder.Length == 0 || stored.Holder == me || MembershipTable.IsDead(connection, transaction, stored.Holder))
        {
            return true;
        }

        if (seen is not { } known || known.Epoch != stored.Epoch || known.Beat != stored.Beat)
        {
            seen = (stored.Epoch, stored.Beat, clock.GetTimestamp());
            return false;
        }

        return clock.GetElapsedTime(known.At) >= Life;
    }

    private sealed record Held(long Epoch, long Since);
}

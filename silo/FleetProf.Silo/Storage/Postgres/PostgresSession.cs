using System.Data;
using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace FleetProf.Silo.Storage.Postgres;

/// <summary>
/// The writer's connection to the server. A savepoint travels with the next statement and is not released at once: that would be one more
/// round trip per work. They nest instead, and every <see cref="Deepest"/> works one statement releases all of them.
/// </summary>
internal sealed class PostgresSession(NpgsqlConnection connection, string takeTurn) : WriterSession
{
    /// <summary>Below 64: a transaction with more open subtransactions than that makes every snapshot look into files.</summary>
    private const int Deepest = 32;

    private static readonly string[] Savepoints = [.. Enumerable.Range(0, Deepest).Select(number => string.Create(CultureInfo.InvariantCulture, $"work{number}"))];

    private int depth;

    public override DbConnection Connection => connection;

    public override bool HasLostTransaction => connection.State != ConnectionState.Open;

    /// <summary>Waits for this silo's turn to write. One round trip, so that a lost connection shows here and not in the middle of the works.</summary>
    public override DbTransaction Begin()
    {
        var transaction = connection.BeginTransaction();
        depth = 0;
        using var first = new NpgsqlCommand(takeTurn, connection, transaction);
        first.ExecuteNonQuery();
        return transaction;
    }

    public override void Save(DbTransaction transaction)
    {
        if (depth == Deepest)
        {
            transaction.Release(Savepoints[0]);
            depth = 0;
        }

        transaction.Save(Savepoints[depth++]);
    }

    /// <summary>The savepoint itself stays; the next one nests in it.</summary>
    public override void Undo(DbTransaction transaction) => transaction.Rollback(Savepoints[depth - 1]);

    public override void Keep(DbTransaction transaction)
    {
    }

    /// <summary>
    /// PostgreSQL answers the commit of a failed transaction with a rollback, and that is no error to it. Releasing the savepoints is one,
    /// so that a work that hid the failure of a statement cannot have all others acknowledged for nothing.
    /// </summary>
    public override void Commit(DbTransaction transaction)
    {
        if (depth > 0)
        {
            transaction.Release(Savepoints[0]);
        }

        transaction.Commit();
    }
}

using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FleetProf.Silo.Storage.Sqlite;

/// <summary>The writer's connection to the file with its prepared savepoint statements.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : WriterSession
{
    private readonly SqliteCommand save = Prepare(connection, "SAVEPOINT work");
    private readonly SqliteCommand undo = Prepare(connection, "ROLLBACK TO work; RELEASE work");
    private readonly SqliteCommand release = Prepare(connection, "RELEASE work");

    public override DbConnection Connection => connection;

    /// <summary>A full disk or an I/O error makes SQLite give up the whole transaction by itself.</summary>
    public override bool HasLostTransaction => raw.sqlite3_get_autocommit(connection.Handle) != 0;

    /// <summary>BEGIN IMMEDIATE: a lock held by another program shows here and not in the middle of the works.</summary>
    public override DbTransaction Begin() => connection.BeginTransaction(deferred: false);

    public override void Save(DbTransaction transaction) => Execute(save, transaction);

    public override void Undo(DbTransaction transaction) => Execute(undo, transaction);

    public override void Keep(DbTransaction transaction) => Execute(release, transaction);

    public override void Dispose()
    {
        save.Dispose();
        undo.Dispose();
        release.Dispose();
        base.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string statement)
    {
        var command = connection.CreateCommand();
        command.CommandText = statement;
        return command;
    }

    private static void Execute(SqliteCommand command, DbTransaction transaction)
    {
        command.Transaction = (SqliteTransaction)transaction;
        command.ExecuteNonQuery();
    }
}

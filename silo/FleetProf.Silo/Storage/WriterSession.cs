using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>The writer's connection with its prepared savepoint statements.</summary>
internal sealed class WriterSession(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand save = Prepare(connection, "SAVEPOINT work");
    private readonly SqliteCommand undo = Prepare(connection, "ROLLBACK TO work; RELEASE work");
    private readonly SqliteCommand release = Prepare(connection, "RELEASE work");

    public SqliteConnection Connection => connection;

    /// <summary>BEGIN IMMEDIATE: a lock held by another program shows here and not in the middle of the works.</summary>
    public SqliteTransaction Begin() => connection.BeginTransaction(deferred: false);

    public void Save(SqliteTransaction transaction) => Execute(save, transaction);

    public void Undo(SqliteTransaction transaction) => Execute(undo, transaction);

    public void Release(SqliteTransaction transaction) => Execute(release, transaction);

    public void Dispose()
    {
        save.Dispose();
        undo.Dispose();
        release.Dispose();
        connection.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string statement)
    {
        var command = connection.CreateCommand();
        command.CommandText = statement;
        return command;
    }

    private static void Execute(SqliteCommand command, SqliteTransaction transaction)
    {
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}

using System.Data.Common;

namespace FleetProf.Silo.Storage;

/// <summary>The writer's connection. Every work of a transaction lies between <see cref="Save"/> and <see cref="Keep"/> or <see cref="Undo"/>.</summary>
internal abstract class WriterSession : IDisposable
{
    public abstract DbConnection Connection { get; }

    /// <summary>Whether the transaction is gone with everything in it, as after a full disk or with a lost connection.</summary>
    public abstract bool HasLostTransaction { get; }

    public abstract DbTransaction Begin();

    /// <summary>Marks where <see cref="Undo"/> goes back to.</summary>
    public abstract void Save(DbTransaction transaction);

    public abstract void Undo(DbTransaction transaction);

    public abstract void Keep(DbTransaction transaction);

    /// <summary>Returns when everything kept is durable.</summary>
    public virtual void Commit(DbTransaction transaction) => transaction.Commit();

    public virtual void Dispose() => Connection.Dispose();
}

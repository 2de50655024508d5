using System.Data.Common;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>An engine whose database does not answer while it is away: nothing is read, and no transaction begins or ends.</summary>
internal sealed class AwayEngine(CatalogEngine engine, Func<bool> isAway) : CatalogEngine
{
    public override string Name => engine.Name;

    public override bool IsShared => engine.IsShared;

    public override WriterSession OpenSession() => new AwaySession(Answering().OpenSession(), this);

    public override DbConnection OpenReader() => Answering().OpenReader();

    public override T ReadSnapshot<T>(DbConnection connection, Func<DbConnection, T> queries) => Answering().ReadSnapshot(connection, queries);

    public override DbConnection OpenForMigration() => Answering().OpenForMigration();

    public override void HoldWriters(DbConnection connection, DbTransaction transaction) => engine.HoldWriters(connection, transaction);

    public override string Translate(string definition) => engine.Translate(definition);

    public override Exception Explain(Exception exception) => engine.Explain(exception);

    private CatalogEngine Answering() => isAway() ? throw new CatalogException($"{engine.Name} does not answer.") { IsUnreachable = true } : engine;

    private sealed class AwaySession(WriterSession session, AwayEngine outage) : WriterSession
    {
        public override DbConnection Connection => session.Connection;

        public override bool HasLostTransaction => session.HasLostTransaction;

        public override DbTransaction Begin()
        {
            outage.Answering();
            return session.Begin();
        }

        public override void Save(DbTransaction transaction) => session.Save(transaction);

        public override void Undo(DbTransaction transaction) => session.Undo(transaction);

        public override void Keep(DbTransaction transaction) => session.Keep(transaction);

        public override void Commit(DbTransaction transaction)
        {
            outage.Answering();
            session.Commit(transaction);
        }

        public override void Dispose()
        {
            session.Dispose();
            base.Dispose();
        }
    }
}

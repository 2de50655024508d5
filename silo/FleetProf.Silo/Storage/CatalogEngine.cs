using System.Data.Common;
using System.Text.RegularExpressions;

namespace FleetProf.Silo.Storage;

/// <summary>What SQLite and PostgreSQL do differently: connections, snapshots, locks, names of types and errors. Statements are the same on both.</summary>
internal abstract partial class CatalogEngine
{
    /// <summary>How messages call the database: its file, or its name and server. Holds no secrets.</summary>
    public abstract string Name { get; }

    /// <summary>Whether several silos may use the database at once.</summary>
    public abstract bool IsShared { get; }

    /// <summary>Opens this silo's one writing session. Where several silos share the database, a transaction begins when no other silo's is open.</summary>
    /// <exception cref="CatalogException">The database cannot be opened.</exception>
    public abstract WriterSession OpenSession();

    /// <summary>Opens a connection that cannot write.</summary>
    /// <exception cref="CatalogException">The database cannot be opened.</exception>
    public abstract DbConnection OpenReader();

    /// <summary>Runs queries that all see one and the same state of the database.</summary>
    public abstract T ReadSnapshot<T>(DbConnection connection, Func<DbConnection, T> queries);

    /// <summary>Opens a connection for changes of the schema; as long as it is open there is no second one where several processes may try.</summary>
    /// <exception cref="CatalogException">The database cannot be opened.</exception>
    public abstract DbConnection OpenForMigration();

    /// <summary>Keeps the writers of silos that are running out of a transaction that changes tables.</summary>
    public virtual void HoldWriters(DbConnection connection, DbTransaction transaction)
    {
    }

    /// <summary>
    /// A definition of tables as this database wants it. Migrations are written with SQLite's names of types; what follows a line "-- Only SQLite:" or
    /// "-- Only PostgreSQL:", up to the next such line or the end, is for that one alone.
    /// </summary>
    public virtual string Translate(string definition) => definition;

    /// <summary>A definition without the parts that are for another database.</summary>
    protected static string PartsFor(string product, string definition) => Parts().Replace(definition, part => part.Groups[1].Value == product ? part.Value : "");

    /// <summary>A <see cref="CatalogException"/> where the database itself is at fault; the exception as it is where the statement is.</summary>
    public abstract Exception Explain(Exception exception);

    [GeneratedRegex(@"^-- Only (\w+):\r?$.*?(?=^-- Only \w+:\r?$|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Parts();
}

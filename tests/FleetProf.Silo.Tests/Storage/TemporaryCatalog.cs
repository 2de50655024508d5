using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Postgres;
using FleetProf.Silo.Storage.Sqlite;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>A migrated catalog of one test, in its folder or on the tests' server. Reopen stands for a restart of the silo.</summary>
internal sealed class TemporaryCatalog : IDisposable
{
    /// <summary>Set to "Postgres" it moves every test that does not say otherwise there.</summary>
    public const string KindVariable = "FLEETPROF_TEST_DATABASE";

    private readonly TemporaryFolder folder = new();
    private readonly TimeProvider clock;
    private readonly Func<bool>? isAway;

    /// <param name="clock">Null: the system's.</param>
    /// <param name="kind">Null: as <see cref="KindVariable"/> says.</param>
    /// <param name="isAway">Asked before each use of the database whether it does not answer now; null: it always does.</param>
    public TemporaryCatalog(TimeProvider? clock = null, CatalogKind? kind = null, Func<bool>? isAway = null)
    {
        this.clock = clock ?? TimeProvider.System;
        this.isAway = isAway;
        if ((kind ?? DefaultKind) == CatalogKind.Postgres)
        {
            Postgres = Task.Run(() => PostgresDatabases.CreateAsync()).GetAwaiter().GetResult();
        }

        Database = Open();
    }

    public CatalogDatabase Database { get; private set; }

    public string Folder => folder.Path;

    /// <summary>Null on SQLite.</summary>
    public string? Postgres { get; }

    public void Reopen()
    {
        Database.Dispose();
        Database = Open();
    }

    public void Dispose()
    {
        Database.Dispose();
        folder.Dispose();
        if (Postgres is not null)
        {
            Task.Run(() => PostgresDatabases.DropAsync(Postgres)).GetAwaiter().GetResult();
        }
    }

    private static CatalogKind DefaultKind => Environment.GetEnvironmentVariable(KindVariable) is { Length: > 0 } kind ? Enum.Parse<CatalogKind>(kind) : CatalogKind.Sqlite;

    private CatalogDatabase Open()
    {
        CatalogEngine engine = Postgres is null ? new SqliteEngine(folder["catalog.db"]) : new PostgresEngine(Postgres);
        return CatalogDatabase.Open(isAway is null ? engine : new AwayEngine(engine, isAway), clock);
    }
}

using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>A migrated catalog of one test, in its folder or on the tests' server. Reopen stands for a restart of the silo.</summary>
internal sealed class TemporaryCatalog : IDisposable
{
    /// <summary>Set to "Postgres" it moves every test that does not say otherwise there.</summary>
    public const string KindVariable = "FLEETPROF_TEST_DATABASE";

    private readonly TemporaryFolder folder = new();
    private readonly TimeProvider clock;

    public TemporaryCatalog(TimeProvider? clock = null, CatalogKind? kind = null)
    {
        this.clock = clock ?? TimeProvider.System;
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

    private CatalogDatabase Open() => Postgres is null ? CatalogDatabase.Open(folder["catalog.db"], clock) : CatalogDatabase.OpenPostgres(Postgres, clock);
}

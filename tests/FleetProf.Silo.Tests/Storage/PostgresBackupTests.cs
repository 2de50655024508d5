using Dapper;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

[Trait("Ring", "process")]
public sealed class PostgresBackupTests
{
    private static readonly GrainId Grain = GrainId.Create("campaign", "one");

    /// <summary>While the silo runs, as docs/guides/postgresql.md says.</summary>
    [Fact]
    public async Task Backup_RestoredElsewhere_HasEverythingAndGoesOn()
    {
        using var catalog = new TemporaryCatalog(kind: CatalogKind.Postgres);
        var written = new GrainState<CaptureSummary>(new CaptureSummary { EventCount = 7 });
        await GrainStorages.Over(catalog.Database).WriteStateAsync("state", Grain, written);
        var copy = await PostgresDatabases.CopyByBackupAsync(catalog.Postgres!);
        try
        {
            using var restored = CatalogDatabase.OpenPostgres(copy, TimeProvider.System);
            var read = new GrainState<CaptureSummary>();
            await GrainStorages.Over(restored).ReadStateAsync("state", Grain, read);
            Assert.Equal((7, written.ETag), (read.State!.EventCount, read.ETag));
            await GrainStorages.Over(restored).WriteStateAsync("state", Grain, read);
            Assert.Equal(await TablesAsync(catalog.Database), await TablesAsync(restored));
        }
        finally
        {
            await PostgresDatabases.DropAsync(copy);
        }
    }

    private static Task<List<string>> TablesAsync(CatalogDatabase database) => database.ReadAsync(connection => connection.Query<string>(
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || COALESCE(collation_name, '') FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1").AsList());
}

using Dapper;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Backups;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace FleetProf.Silo.Tests.Storage.Backups;

[Trait("Ring", "process")]
public sealed class PostgresBackupCommandTests() : BackupCommandTests(CatalogKind.Postgres)
{
    private static readonly GrainId Grain = GrainId.Create("campaign", "one");

    /// <summary>An operator has made it, or, as public, every new database has it.</summary>
    [Theory]
    [InlineData("fp")]
    [InlineData("public")]
    public async Task BackupAndRestore_OfASchemaOfItsOwn_FillsTheEmptySchema(string schema)
    {
        using var folder = new TemporaryFolder();
        var (from, to) = (await EmptySchemaAsync(schema), await EmptySchemaAsync(schema));
        try
        {
            using (var written = CatalogDatabase.OpenPostgres(from, TimeProvider.System))
            {
                await GrainStorages.Over(written).WriteStateAsync("state", Grain, new GrainState<CaptureSummary>(new CaptureSummary { EventCount = 7 }));
            }

            Assert.Equal((0, ""), Run(BackupCommand.Run, folder, from));
            Assert.Equal((0, ""), Run(RestoreCommand.Run, folder, to));

            using var restored = CatalogDatabase.OpenPostgres(to, TimeProvider.System);
            var read = new GrainState<CaptureSummary>();
            await GrainStorages.Over(restored).ReadStateAsync("state", Grain, read);
            Assert.Equal(7, read.State!.EventCount);
            Assert.Equal(schema, await restored.ReadAsync(connection => connection.ExecuteScalar<string>("SELECT schemaname::text FROM pg_tables WHERE tablename = 'grain_state'")));
        }
        finally
        {
            await PostgresDatabases.DropAsync(from);
            await PostgresDatabases.DropAsync(to);
        }
    }

    private static async Task<string> EmptySchemaAsync(string schema)
    {
        var database = await PostgresDatabases.CreateAsync(isMigrated: false);
        await using var connection = new NpgsqlConnection($"{database};Pooling=false");
        await connection.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {schema}");
        return $"{database};Search Path={schema}";
    }

    private static (int Code, string Problems) Run(Func<IConfiguration, TextWriter, TextWriter, int> run, TemporaryFolder folder, string database)
    {
        using var problems = new StringWriter();
        var settings = new Dictionary<string, string?>
        {
            ["FleetProf:Silo:DataFolder"] = folder["silo"], ["FleetProf:Silo:Database"] = database, ["FleetProf:Backup:Folder"] = folder["backup"],
        };
        return (run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TextWriter.Null, problems), problems.ToString());
    }
}

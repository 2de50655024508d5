using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage.Postgres;
using FleetProf.Silo.Storage.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>
/// The verb `migrate` of the silo's program, behind `fleetprof migrate`: brings the tables up to this version without starting a silo. Silos of
/// the version before may go on meanwhile: a step is made so that they can use what it leaves.
/// </summary>
internal static class MigrateCommand
{
    public const string Verb = "migrate";

    /// <summary>Exit code 0, or 1 with a message.</summary>
    public static int Run(IConfiguration configuration, TextWriter said, TextWriter problems)
    {
        var options = configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();
        if (DatabaseOption.ProblemOf(options) is { } problem)
        {
            problems.WriteLine(problem);
            return 1;
        }

        try
        {
            using var folder = new DataFolderLock(Microsoft.Extensions.Options.Options.Create(options));
            if (options.Database is null)
            {
                // A file has one silo, which must not find other tables under its feet.
                folder.Take();
            }

            CatalogEngine engine = options.Database is null ? new SqliteEngine(Path.Combine(options.DataFolder, "catalog.db")) : new PostgresEngine(options.Database);
            var applied = CatalogMigrator.Apply(engine, Migration.LoadEmbedded(), TimeProvider.System);
            said.WriteLine(applied.Count == 0 ? $"{engine.Name} is up to date." : $"{engine.Name}: applied {string.Join(", ", applied)}.");
            return 0;
        }
        catch (Exception exception) when (exception is CatalogException or IOException)
        {
            problems.WriteLine(exception.Message);
            return 1;
        }
    }
}

using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Postgres;
using FleetProf.Silo.Storage.Sqlite;

namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// The verb `audit` of the silo's program, behind `fleetprof audit verify --direct`: prints the head of the audit log and then every row, oldest first,
/// one JSON object a line, from the database itself. It changes nothing and needs no silo; one that runs is not in its way.
/// </summary>
internal static class AuditCommand
{
    public const string Verb = "audit";

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Exit code 0, or 1 with a message and nothing printed.</summary>
    public static int Run(IConfiguration configuration, TextWriter said, TextWriter problems)
    {
        var options = configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();
        if (DatabaseOption.ProblemOf(options) is { } problem)
        {
            problems.WriteLine(problem);
            return 1;
        }

        var file = Path.Combine(options.DataFolder, "catalog.db");
        if (options.Database is null && !File.Exists(file))
        {
            problems.WriteLine($"There is no database of a silo in {options.DataFolder}. Name its data folder with --silo-folder.");
            return 1;
        }

        CatalogEngine engine = options.Database is null ? new SqliteEngine(file) : new PostgresEngine(options.Database);
        try
        {
            using var connection = engine.OpenReader();
            return engine.ReadSnapshot(connection, reader => Print(reader, said));
        }
        catch (Exception exception) when (exception is CatalogException or IOException or DbException)
        {
            problems.WriteLine(exception is DbException ? $"{engine.Name} has no audit log that this version can read: {exception.Message.Split('\n')[0].Trim()}" : exception.Message);
            return 1;
        }
    }

    private static int Print(DbConnection connection, TextWriter said)
    {
        said.WriteLine(JsonSerializer.Serialize(AuditTable.ReadHead(connection), Json));
        foreach (var row in connection.Query<AuditRow>($"SELECT {AuditRow.Columns} FROM audit ORDER BY sequence", buffered: false))
        {
            said.WriteLine(JsonSerializer.Serialize(row.ToEntry(), Json));
        }

        return 0;
    }
}

using System.Text.Json;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Silo.Tests.Access.Audit;

/// <summary>The log as the silo's program prints it from the database itself.</summary>
public abstract class AuditCommandTests(CatalogKind kind) : IDisposable
{
    private readonly TemporaryCatalog catalog = new(kind: kind);

    [Fact]
    public async Task Run_SiloThatIsStopped_PrintsTheHeadAndEveryRow()
    {
        for (var i = 0; i < 1_500; i++)
        {
            _ = new AuditTable(catalog.Database).AddAsync(new AuditEntry { At = DateTimeOffset.UnixEpoch, Actor = "ann \"=", Role = Role.Admin, Action = "token.create", Target = $"t{i}", Decision = AuditDecision.Allowed });
        }

        await new AuditTable(catalog.Database).AddAsync(new AuditEntry { At = DateTimeOffset.UnixEpoch, Action = "last" });
        var head = await new AuditTable(catalog.Database).HeadAsync();
        catalog.Database.Dispose();

        var (code, said) = Run(catalog.Folder);

        Assert.Equal(0, code);
        Assert.Equal(JsonSerializer.Serialize(head, JsonSerializerOptions.Web), said[0]);
        AuditEntry? previous = null;
        foreach (var row in said.Skip(1).Select(line => JsonSerializer.Deserialize<AuditEntry>(line, AuditCommand.Json)!))
        {
            Assert.Null(AuditChain.ProblemOf(previous, row));
            previous = row;
        }

        Assert.Equal((1_501, head.Hash), (previous!.Sequence, previous.Hash));
    }

    [Fact]
    public async Task Run_DatabaseOfAnOlderVersion_SaysThatThereIsNoLog()
    {
        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute("DROP TABLE audit_head", transaction: transaction));

        var (code, said) = Run(catalog.Folder);

        Assert.Equal(1, code);
        Assert.Contains("has no audit log", Assert.Single(said), StringComparison.Ordinal);
    }

    public void Dispose() => catalog.Dispose();

    protected (int Code, IReadOnlyList<string> Said) Run(string folder)
    {
        using var said = new StringWriter();
        var settings = new Dictionary<string, string?> { ["FleetProf:Silo:DataFolder"] = folder };
        if (catalog.Postgres is not null)
        {
            settings["FleetProf:Silo:Database"] = catalog.Postgres;
        }

        var code = AuditCommand.Run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), said, said);
        return (code, said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}

public sealed class AuditCommandOnSqliteTests() : AuditCommandTests(CatalogKind.Sqlite)
{
    [Fact]
    public void Run_FolderWithoutACatalog_SaysSoAndMakesNone()
    {
        using var empty = new TemporaryFolder();

        var (code, said) = Run(empty.Path);

        Assert.Equal(1, code);
        Assert.Contains("--silo-folder", Assert.Single(said), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(empty.Path));
    }
}

public sealed class AuditCommandOnPostgresTests() : AuditCommandTests(CatalogKind.Postgres);

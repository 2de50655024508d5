using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Storage;

public sealed class MigrateCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_NewAndThenAgain_AppliesEverythingOnce()
    {
        var (code, said) = Run();
        Assert.Equal(0, code);
        Assert.All(Migration.LoadEmbedded(), migration => Assert.Contains(migration.Name, said, StringComparison.Ordinal));

        Assert.Equal((0, $"{folder["data/catalog.db"]} is up to date."), Run());
    }

    [Fact]
    public void Run_BesideTheSiloOfAFile_IsRefused()
    {
        using var silo = new DataFolderLock(Options.Create(new SiloOptions { DataFolder = folder["data"] }));
        silo.Take();

        var (code, said) = Run();

        Assert.Equal(1, code);
        Assert.Contains("another silo is using it", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_UnreadableConnectionString_PrintsNothingOfIt()
    {
        var (code, said) = Run(("FleetProf:Silo:Database", "Host=db;Password=geheim"));

        Assert.Equal(1, code);
        Assert.Contains("FleetProf:Silo:Database", said, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", said, StringComparison.Ordinal);
    }

    /// <summary>As the silo itself does: a password must not go over the wire because another verb asked.</summary>
    [Fact]
    public void Run_DatabaseOfAnotherHostWithoutTls_IsRefusedBeforeItConnects()
    {
        var (code, said) = Run(("FleetProf:Silo:Database", "Host=db.invalid;Database=d;Username=u;Password=geheim"));

        Assert.Equal(1, code);
        Assert.Contains("FleetProf:Silo:AllowPlainDatabase", said, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", said, StringComparison.Ordinal);
    }

    private (int Code, string Said) Run(params (string Key, string Value)[] more)
    {
        using var said = new StringWriter();
        var settings = more.Append(("FleetProf:Silo:DataFolder", folder["data"])).ToDictionary(entry => entry.Item1, entry => (string?)entry.Item2);
        var code = MigrateCommand.Run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), said, said);
        return (code, said.ToString().Trim());
    }
}

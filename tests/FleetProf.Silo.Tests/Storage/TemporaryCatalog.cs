using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>A migrated catalog in a folder of one test. Reopen stands for a restart of the silo.</summary>
internal sealed class TemporaryCatalog : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TimeProvider clock;

    public TemporaryCatalog(TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        Database = CatalogDatabase.Open(folder["catalog.db"], this.clock);
    }

    public CatalogDatabase Database { get; private set; }

    public string Folder => folder.Path;

    public void Reopen()
    {
        Database.Dispose();
        Database = CatalogDatabase.Open(folder["catalog.db"], clock);
    }

    public void Dispose()
    {
        Database.Dispose();
        folder.Dispose();
    }
}

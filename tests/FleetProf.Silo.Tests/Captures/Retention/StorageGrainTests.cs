using FleetProf.Silo.Captures.Retention;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Silo.Tests.Captures.Retention;

public abstract class StorageGrainTests(CatalogKind kind) : IDisposable
{
    private readonly RetentionRig rig = new(kind);

    [Fact]
    public async Task Pin_ReasonThatNoServerStoresAsItIs_Pins()
    {
        await rig.AddAsync(1);
        var grain = new StorageGrain(rig.Retention, rig.Table, new RetentionJournal(NullLogger<RetentionJournal>.Instance));
        string[] reasons = ["incident\0 12", "incident \ud83d", new string('a', 499) + "\ud83d\ude00"];

        foreach (var reason in reasons)
        {
            Assert.True(await grain.PinAsync(RetentionRig.IdOf(1), "ann", reason));
        }

        Assert.Equal("ann", (await rig.Captures.FindAsync(RetentionRig.IdOf(1)))!.PinnedBy);
    }

    public void Dispose() => rig.Dispose();
}

public sealed class StorageGrainOnSqliteTests() : StorageGrainTests(CatalogKind.Sqlite);

public sealed class StorageGrainOnPostgresTests() : StorageGrainTests(CatalogKind.Postgres);

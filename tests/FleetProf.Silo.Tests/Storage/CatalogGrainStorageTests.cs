using FleetProf.Contracts.Captures;
using FleetProf.Silo.Storage;
using Orleans.Storage;

namespace FleetProf.Silo.Tests.Storage;

public abstract class CatalogGrainStorageTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("campaign", "one");

    private readonly TemporaryCatalog catalog;
    private CatalogGrainStorage storage;

    protected CatalogGrainStorageTests(CatalogKind kind)
    {
        catalog = new TemporaryCatalog(kind: kind);
        storage = GrainStorages.Over(catalog.Database);
    }

    [Fact]
    public async Task Read_NothingStored_GivesFreshStateWithoutEtag()
    {
        var state = await ReadAsync();

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.NotNull(state.State);
    }

    [Fact]
    public async Task Write_ThenReadAfterReopen_IsTheSame()
    {
        var written = new GrainState<CaptureSummary>(new CaptureSummary { EventCount = 7, IncompleteReason = "half" });
        await storage.WriteStateAsync("state", Grain, written);
        Reopen();

        var read = await ReadAsync();

        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(written.State, read.State);
    }

    [Fact]
    public async Task Write_TwoFreshActivations_SecondConflicts()
    {
        await storage.WriteStateAsync("state", Grain, State(1));

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("state", Grain, State(2)));
        Assert.Equal(1, (await ReadAsync()).State!.EventCount);
    }

    [Fact]
    public async Task Write_StaleEtag_ConflictsAndKeepsTheNewer()
    {
        var mine = State(1);
        await storage.WriteStateAsync("state", Grain, mine);
        var other = await ReadAsync();
        other.State = new CaptureSummary { EventCount = 2 };
        await storage.WriteStateAsync("state", Grain, other);

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("state", Grain, mine));
        Assert.Equal(2, (await ReadAsync()).State!.EventCount);
    }

    [Fact]
    public async Task Write_ManyRacingOnOneEtag_ExactlyOneWins()
    {
        await storage.WriteStateAsync("state", Grain, State(0));
        var racers = new List<GrainState<CaptureSummary>>();
        for (var i = 1; i <= 20; i++)
        {
            var racer = await ReadAsync();
            racer.State = new CaptureSummary { EventCount = i };
            racers.Add(racer);
        }

        var wins = await Task.WhenAll(racers.Select(async racer =>
        {
            try
            {
                await storage.WriteStateAsync("state", Grain, racer);
                return racer.State!.EventCount;
            }
            catch (InconsistentStateException)
            {
                return 0;
            }
        }));

        Assert.Equal(wins.Single(win => win > 0), (await ReadAsync()).State!.EventCount);
    }

    [Fact]
    public async Task Write_SameKeyOfOtherClassOrOtherStateName_AreOtherRows()
    {
        await storage.WriteStateAsync("state", Grain, State(1));
        await storage.WriteStateAsync("state", GrainId.Create("agent", "one"), State(2));
        await storage.WriteStateAsync("second", Grain, State(3));

        Assert.Equal(1, (await ReadAsync()).State!.EventCount);
    }

    [Fact]
    public async Task Clear_ThenRead_IsGoneAndCanBeWrittenAgain()
    {
        var state = State(1);
        await storage.WriteStateAsync("state", Grain, state);
        await storage.ClearStateAsync("state", Grain, state);

        Assert.False(state.RecordExists);
        var read = await ReadAsync();
        Assert.False(read.RecordExists);
        read.State = new CaptureSummary { EventCount = 2 };
        await storage.WriteStateAsync("state", Grain, read);
        Assert.Equal(2, (await ReadAsync()).State!.EventCount);
    }

    [Fact]
    public async Task Clear_StaleEtag_Conflicts()
    {
        var stale = State(1);
        await storage.WriteStateAsync("state", Grain, stale);
        await storage.WriteStateAsync("state", Grain, await ReadAsync());

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("state", Grain, stale));
    }

    [Fact]
    public async Task Clear_NeverStored_DoesNothing_ButStoredByAnotherConflicts()
    {
        await storage.ClearStateAsync("state", Grain, new GrainState<CaptureSummary>());
        Assert.Null((await ReadAsync()).ETag);

        await storage.WriteStateAsync("state", Grain, State(1));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("state", Grain, new GrainState<CaptureSummary>()));
    }

    [Fact]
    public async Task Write_StaleFromBeforeClear_NeverMatchesTheNextRow()
    {
        var stale = State(1);
        await storage.WriteStateAsync("state", Grain, stale);
        var clearing = await ReadAsync();
        await storage.ClearStateAsync("state", Grain, clearing);
        await storage.WriteStateAsync("state", Grain, clearing);

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("state", Grain, stale));
    }

    [Fact]
    public async Task Read_UnknownFormat_SaysWhatToDo()
    {
        await storage.WriteStateAsync("state", Grain, State(1));
        await catalog.Database.WriteAsync((connection, transaction) => Dapper.SqlMapper.Execute(connection, "UPDATE grain_state SET format = 9", transaction: transaction));

        var exception = await Assert.ThrowsAsync<InvalidDataException>(ReadAsync);
        Assert.Contains("format 9", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => catalog.Dispose();

    private void Reopen()
    {
        catalog.Reopen();
        storage = GrainStorages.Over(catalog.Database);
    }

    private static GrainState<CaptureSummary> State(long count) => new(new CaptureSummary { EventCount = count });

    private async Task<GrainState<CaptureSummary>> ReadAsync()
    {
        var state = new GrainState<CaptureSummary>();
        await storage.ReadStateAsync("state", Grain, state);
        return state;
    }
}

public sealed class CatalogGrainStorageOnSqliteTests() : CatalogGrainStorageTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class CatalogGrainStorageOnPostgresTests() : CatalogGrainStorageTests(CatalogKind.Postgres);

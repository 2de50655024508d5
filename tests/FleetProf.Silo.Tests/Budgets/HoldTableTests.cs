using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Budgets;

/// <summary>Holds in the catalog, on both databases.</summary>
public abstract class HoldTableTests(CatalogKind kind) : IDisposable
{
    private readonly TemporaryCatalog catalog = new(kind: kind);
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    private HoldTable Table => new(catalog.Database, clock);

    [Fact]
    public async Task Place_SurvivesARestart_AndThatOfTheFleetComesFirst()
    {
        await Table.PlaceAsync(Hold("!first by name"));
        await Table.PlaceAsync(Hold(CaptureHold.EveryService));
        catalog.Reopen();

        Assert.Equal([Hold(CaptureHold.EveryService), Hold("!first by name")], await Table.ListAsync());
    }

    [Fact]
    public async Task Place_WithItsAuditRow_IsOneTransaction()
    {
        PendingAudit.Current = new PendingAudit(new AuditEntry { Actor = "ann", Action = "hold.place", Decision = AuditDecision.Allowed });
        await Table.PlaceAsync(Hold("checkout"));
        Assert.False(PendingAudit.Current.TryTake());
        PendingAudit.Current = new PendingAudit(new AuditEntry { Actor = "bob", Action = "hold.lift", Decision = AuditDecision.Allowed });
        Assert.False(await Table.LiftAsync("search"));
        Assert.True(PendingAudit.Current.TryTake());
        PendingAudit.Current.GiveBack();
        Assert.True(await Table.LiftAsync("checkout"));
        PendingAudit.Current = null;

        Assert.Equal(["hold.place", "hold.lift"], (await new AuditTable(catalog.Database).ListAsync(new AuditQuery { OldestFirst = true })).Select(row => row.Action));
        Assert.Empty(await Table.ListAsync());
    }

    [Fact]
    public async Task Alert_NeverShortensAHoldButAPersonMay()
    {
        var stays = await Table.PlaceAsync(Hold("checkout"));
        Assert.Equal(stays, await Table.PlaceAsync(Alert("checkout", 15)));

        await Table.PlaceAsync(Alert("search", 15));
        Assert.Equal(Alert("search", 15), await Table.PlaceAsync(Alert("search", 10)));
        Assert.Equal(Alert("search", 20), await Table.PlaceAsync(Alert("search", 20)));
        Assert.Equal(Hold("search") with { EndsAt = clock.GetUtcNow().AddMinutes(1) }, await Table.PlaceAsync(Hold("search") with { EndsAt = clock.GetUtcNow().AddMinutes(1) }));
    }

    [Fact]
    public async Task Hold_WithAnEnd_IsGoneThen()
    {
        await Table.PlaceAsync(Alert("checkout", 15));
        clock.Advance(TimeSpan.FromMinutes(15));

        Assert.Empty(await Table.ListAsync());
        Assert.False(await Table.LiftAsync("checkout"));
        Assert.Equal(Alert("checkout", 1), await Table.PlaceAsync(Alert("checkout", 1)));
    }

    [Fact]
    public async Task Board_OfAnotherSilo_KnowsWithinASecondAndTellsOnce()
    {
        var board = new HoldBoard(Table, clock);
        var changes = 0;
        board.Changed += () => changes++;
        Assert.Empty(await board.CurrentAsync());
        await Table.PlaceAsync(Alert("checkout", 1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await board.CurrentAsync());
        await board.RefreshAsync();
        Assert.Equal(1, changes);

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(board.Known);
        await board.CurrentAsync();
        Assert.Equal(2, changes);
    }

    [Fact]
    public async Task Board_WallClockSetBack_LearnsOfAHoldAllTheSame()
    {
        var stepped = new SteppedClock();
        var table = new HoldTable(catalog.Database, stepped);
        var board = new HoldBoard(table, stepped);
        Assert.Empty(await board.CurrentAsync());
        stepped.StepBack();
        await table.PlaceAsync(Hold(CaptureHold.EveryService));
        stepped.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(await board.CurrentAsync());
        Assert.Single(board.Known);

        await table.LiftAsync(CaptureHold.EveryService);
        Assert.Null(await board.AskAsync(["checkout"]));
        Assert.Empty(board.Known);
    }

    public void Dispose() => catalog.Dispose();

    private CaptureHold Hold(string service) => new() { Service = service, Reason = "it is slow", PlacedBy = "ann", PlacedAt = clock.GetUtcNow() };

    private CaptureHold Alert(string service, int minutes) => Hold(service) with { IsByAlert = true, EndsAt = clock.GetUtcNow().AddMinutes(minutes) };

    public sealed class OnSqlite() : HoldTableTests(CatalogKind.Sqlite);

    public sealed class OnPostgres() : HoldTableTests(CatalogKind.Postgres);
}

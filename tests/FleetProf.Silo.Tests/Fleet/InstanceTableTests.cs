using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.GcPauses;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Fleet;

/// <summary>The table alone, without a silo around it.</summary>
public sealed class InstanceTableTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly TemporaryCatalog catalog = new(kind: CatalogKind.Sqlite);
    private readonly InstanceTable table;

    public InstanceTableTests() => table = new InstanceTable(catalog.Database);

    [Fact]
    public async Task EndUnreachable_AfterADay_EndsOnlyWhatDidNotComeBack()
    {
        var now = clock.GetUtcNow();
        await table.ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b")], now);
        await table.ReplaceAsync("agent2", [Instances.Of("c", "agent2")], now);
        await table.LoseAsync("agent1", now);

        Assert.Empty(await table.EndUnreachableAsync(now, now));
        Assert.Equal(["a", "b"], (await table.EndUnreachableAsync(now.AddMilliseconds(1), now.AddDays(1))).Order());
        Assert.Equal(["c"], (await table.ListAsync(new InstanceFilter())).Select(row => row.InstanceId));
    }

    [Fact]
    public async Task RemoveEnded_AfterTheTime_ForgetsOnlyWhatEndedBefore()
    {
        var now = clock.GetUtcNow();
        await table.ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b"), Instances.Of("c")], now);
        await table.ReplaceAsync("agent1", [Instances.Of("c")], now.AddDays(1));

        Assert.Equal(0, await table.RemoveEndedAsync(now.AddDays(1), 10));
        Assert.Equal(1, await table.RemoveEndedAsync(now.AddDays(2), 1));
        Assert.Equal(1, await table.RemoveEndedAsync(now.AddDays(2), 10));
        Assert.Equal(["c"], (await table.ListAsync(new InstanceFilter { IncludeEnded = true })).Select(row => row.InstanceId));
    }

    [Fact]
    public async Task Restart_OfAFleetThatNoListShowsAtOnce_RestoresAllOfIt()
    {
        await table.ReplaceAsync("agent1", [.. Enumerable.Range(0, 20_001).Select(number => Instances.Of($"i{number}"))], clock.GetUtcNow());
        var live = new LiveFleet(clock);
        using var upkeep = UpkeepOf(live);

        await upkeep.StartingAsync(CancellationToken.None);

        Assert.Equal(20_001, live.ListUnreachable().Count);
        Assert.Equal(20_000, (await table.ListAsync(new InstanceFilter { Limit = int.MaxValue })).Count);
    }

    /// <summary>As after a boot, before the host's clock is synchronised: what is deleted by it does not come back.</summary>
    [Fact]
    public async Task Upkeep_ByAClockThatIsYearsAhead_ForgetsNothingThatEndedYesterday()
    {
        var now = clock.GetUtcNow();
        await table.ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b")], now.AddDays(-1));
        await table.ReplaceAsync("agent1", [Instances.Of("b")], now.AddDays(-1));
        await new TrendTable(catalog.Database).UpsertAsync(
            [ReportedWindow.Read(SentWindows.CreateAt("b", now, 10_000, 1), now)!],
            [new InstanceOwner { InstanceId = "b", AgentId = "agent1", Service = "checkout", Version = "1.0" }]);
        clock.SetUtcNow(now.AddYears(2));
        using var upkeep = UpkeepOf(new LiveFleet(clock));

        await upkeep.TakeOverAsync([""], CancellationToken.None);

        Assert.Equal(InstanceState.Ended, (await table.FindAsync("a"))!.State);
    }

    /// <summary>A start by a clock that is ahead stamps everything so.</summary>
    [Fact]
    public async Task Upkeep_OfAnInstanceThatWasLostInTheFuture_EndsItADayAfterTheClockIsRight()
    {
        var now = clock.GetUtcNow();
        await table.ReplaceAsync("agent1", [Instances.Of("a")], now);
        await table.LoseAsync("agent1", now.AddYears(2));
        using var upkeep = UpkeepOf(new LiveFleet(clock));
        await upkeep.TakeOverAsync([""], CancellationToken.None);

        clock.Advance(TimeSpan.FromHours(24));
        await upkeep.TakeOverAsync([""], CancellationToken.None);
        Assert.Equal(InstanceState.Unreachable, (await table.FindAsync("a"))!.State);

        clock.Advance(TimeSpan.FromMinutes(10));
        await upkeep.TakeOverAsync([""], CancellationToken.None);
        Assert.Equal(InstanceState.Ended, (await table.FindAsync("a"))!.State);
    }

    [Theory]
    [InlineData("checkout", true)]
    [InlineData("checkout", false)]
    [InlineData(null, false)]
    public async Task List_OfOneServiceOrOfWhatRuns_ReadsNoOtherRows(string? service, bool includesEnded)
    {
        var query = InstanceTable.ListQuery(new InstanceFilter { Service = service, IncludeEnded = includesEnded });

        var plan = await QueryPlan.OfAsync(catalog.Database, query, new { Service = service, running = 0, unreachable = 1, limit = 10 });

        Assert.Contains("USING INDEX instances_by", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lose_OfOneAgent_ReadsNoOtherRows()
    {
        var plan = await QueryPlan.OfAsync(catalog.Database, InstanceTable.LoseStatement("agent1"), new { agentId = "agent1", silo = "", now = 1, running = 0, unreachable = 1 });

        Assert.Contains("SEARCH instances USING INDEX instances_by_agent", plan, StringComparison.Ordinal);
    }

    public void Dispose() => catalog.Dispose();

    /// <summary>As after a start of the silo.</summary>
    private FleetUpkeep UpkeepOf(LiveFleet live) => new(table, live, new SettledClock(catalog.Database, clock), NullLogger<FleetUpkeep>.Instance);
}

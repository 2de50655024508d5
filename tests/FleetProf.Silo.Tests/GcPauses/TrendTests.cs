using CsCheck;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses;

public abstract class TrendTests(CatalogKind kind) : IDisposable
{
    private readonly TrendRig rig = new(kind);

    [Fact]
    public async Task Trend_OfSeveralInstances_MergesPausesExactly()
    {
        rig.ShowInventory("agent", "one@1.0", "two@1.1");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, [.. Enumerable.Repeat(1.0, 97)]), Create("two", 0, 50, 60, 70), Create("one", 1, 2)));

        var merged = (await rig.ReadMinutesAsync(1)).Points;

        Assert.Equal([100L, 1L], merged.Select(point => point.GcCount));
        Assert.Equal(1, merged[0].PauseP95Ms!.Value, 0.01);
        Assert.Equal(60, merged[0].PauseP99Ms!.Value, 0.6);
        Assert.Equal((2, "", ""), (merged[0].InstanceCount, merged[0].Instance, merged[0].Version));
        var each = (await rig.ReadMinutesAsync(1, perInstance: true)).Points;
        Assert.Equal([("one", "1.0", 97L), ("two", "1.1", 3L), ("one", "1.0", 1L)], each.Select(point => (point.Instance, point.Version, point.GcCount)));
        var onlyNew = (await rig.ReadAsync(new() { Service = "shop", Version = "1.1", From = Noon, To = Noon.AddMinutes(1), StepSeconds = 10 })).Points;
        Assert.Equal([("1.1", 3L)], onlyNew.Select(point => (point.Version, point.GcCount)));
        var onlyOne = (await rig.ReadAsync(new() { Service = "shop", InstanceId = "one", From = Noon, To = Noon.AddMinutes(1), StepSeconds = 60 })).Points;
        Assert.Equal([("one", 98L)], onlyOne.Select(point => (point.Instance, point.GcCount)));
        Assert.Empty((await rig.ReadAsync(new() { Service = "other", From = Noon, To = Noon.AddMinutes(1) })).Points);
    }

    [Fact]
    public async Task Gaps_AreVisible_WithAndWithoutOtherInstances()
    {
        rig.ShowInventory("agent", "one", "two");
        var half = Create("one", 1, 1);
        half.ObservedMs = 4_000;
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 1), half, Create("one", 4, 1), Create("two", 0, 1), Create("two", 1, 1), Create("two", 2, 1)));

        var points = (await rig.ReadMinutesAsync(1)).Points;

        // one is missing at 2 and 3; two has ended before 3.
        Assert.Equal([1, 0.7, 0.5, 0, 1], points.Select(point => point.ObservedFraction));
        Assert.Equal([2, 2, 1, 0, 1], points.Select(point => point.InstanceCount));
        Assert.Null(points[3].PauseP50Ms);
        Assert.Null(points[3].HeapBytes);
    }

    /// <summary>Its processor time and memory are known all the same. Whether the minute is rolled up already does not matter.</summary>
    [Fact]
    public async Task InstanceCount_OfOneThatCannotBeWatched_LeavesItOut()
    {
        rig.ShowInventory("agent", "one", "two");
        var unwatched = Create("two", 0);
        unwatched.ObservedMs = 0;
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 1), unwatched));

        Assert.Equal([1], (await rig.ReadMinutesAsync(1)).Points.Select(point => point.InstanceCount));
        Assert.Equal([("one", 1), ("two", 0)], (await rig.ReadMinutesAsync(1, perInstance: true)).Points.Select(point => (point.Instance, point.InstanceCount)));
        Assert.Equal([1], (await rig.ReadMinutesAsync(1, step: 60)).Points.Select(point => point.InstanceCount));
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        await rig.Roller.RollAsync();
        Assert.Equal([1], (await rig.ReadMinutesAsync(1, step: 60)).Points.Select(point => point.InstanceCount));
    }

    [Fact]
    public async Task Window_ThatBeganInsideTenSeconds_JoinsItsTen()
    {
        rig.ShowInventory("agent", "one");
        var stopped = Create("one", 0, 1);
        stopped.ObservedMs = 2_500;
        await rig.AcceptAsync("agent", Batch(stopped, CreateAt("one", Noon.AddSeconds(6.5), 3_500, 2, 3), Create("one", 1, 4)));

        var points = (await rig.ReadMinutesAsync(1)).Points;

        Assert.Equal([Noon, Noon.AddSeconds(10)], points.Select(point => point.WindowStart));
        Assert.Equal([0.6, 1], points.Select(point => point.ObservedFraction));
        Assert.Equal((3, 6.0, 3.0), (points[0].GcCount, points[0].PauseMs, points[0].MaxPauseMs));
    }

    [Fact]
    public async Task Step_ChosenBySilo_GivesAtMost500RoundPoints()
    {
        var cases = new (TimeSpan Range, int Step)[]
        {
            (TimeSpan.FromMinutes(5), 10), (TimeSpan.FromHours(1), 10), (TimeSpan.FromHours(6), 60), (TimeSpan.FromDays(1), 300), (TimeSpan.FromDays(7), 1_800), (TimeSpan.FromDays(400), 86_400),
        };
        foreach (var (range, step) in cases)
        {
            Assert.Equal(step, (await rig.ReadAsync(new TrendQuery { Service = "shop", From = Noon - range, To = Noon })).StepSeconds);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => rig.ReadAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddHours(1), StepSeconds = 15 }));
    }

    /// <summary>Against sums over the messages themselves, whatever the step and the order of arrival.</summary>
    [Fact]
    public async Task Trend_OfRandomWindows_EqualsTheSumsOfItsMessages()
    {
        rig.ShowInventory("agent", "a", "b", "c");
        var window = Gen.Select(Gen.Char["abc"], Gen.Int[0, 59], Gen.Double[0.01, 500].Array[0, 6]);
        var random = new List<VitalsWindow>();
        window.Array[60].Sample(sets => random.AddRange(sets.Select(set => Create(set.Item1.ToString(), set.Item2, set.Item3))), iter: 1, seed: "0000KOIPe402");
        foreach (var chunk in random.Chunk(7))
        {
            await rig.AcceptAsync("agent", Batch(chunk));
        }

        var last = random.GroupBy(message => (message.InstanceId, message.WindowStartUnixMs)).Select(group => group.Last()).ToList();
        foreach (var step in (int[])[10, 30, 60, 600])
        {
            foreach (var point in (await rig.ReadMinutesAsync(10, step)).Points)
            {
                var expected = last.Where(message => message.WindowStartUnixMs / (step * 1000) * (step * 1000) == point.WindowStart.ToUnixTimeMilliseconds()).ToList();
                Assert.Equal(expected.Sum(message => message.PauseMs), point.PauseMs, 6);
                Assert.Equal(expected.Sum(message => (long)message.GcCounts[0]), point.GcCount);
                Assert.Equal(expected.Select(message => message.MaxPauseMs).DefaultIfEmpty().Max(), point.MaxPauseMs ?? 0);
                var level = step % 60 == 0 ? 60_000 : 10_000;
                Assert.Equal(expected.Select(message => (message.WindowStartUnixMs / level, message.InstanceId)).Distinct().CountBy(at => at.Item1).Select(at => at.Value).DefaultIfEmpty().Max(), point.InstanceCount);
            }
        }
    }

    [Fact]
    public async Task ListInstances_OfAService_ReadsNoOtherServices()
    {
        using var catalog = new TemporaryCatalog(kind: CatalogKind.Sqlite);
        var plan = await QueryPlan.OfAsync(catalog.Database, TrendReader.InstancesOfService, new { service = "shop", from = 0L, to = 1L });

        Assert.Contains("SEARCH trend USING INDEX trend_instances_by_service", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN trend", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN known", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListInstances_WindowsBeforeTheirInventory_TakeServiceAndVersionFromTheCatalog()
    {
        await rig.AcceptAsync("agent", Batch(Create("late", 0, 1)));
        Assert.Empty(await rig.Reader.ListInstancesAsync("shop", Noon.ToUnixTimeMilliseconds(), Noon.AddMinutes(1).ToUnixTimeMilliseconds()));

        var known = new Contracts.Fleet.Instance { InstanceId = "late", Service = "shop", Version = "1.2", AgentId = "agent", Environment = "prod", StartedAt = Noon };
        await new Silo.Fleet.InstanceTable(rig.Catalog.Database).ReplaceAsync("agent", [known], Noon);

        var owner = Assert.Single(await rig.Reader.ListInstancesAsync("shop", Noon.ToUnixTimeMilliseconds(), Noon.AddMinutes(1).ToUnixTimeMilliseconds()));
        Assert.Equal(("shop", "1.2", "prod"), (owner.Service, owner.Version, owner.Environment));
    }

    [Fact]
    public async Task Sweep_RemovesWhatIsOlderThanTheRetention()
    {
        rig.ShowInventory("agent", "old", "young");
        await rig.AcceptAsync("agent", Batch(Create("old", 0, 1), Create("young", 0, 1), Create("young", 180, 2)));
        rig.Clock.Advance(TimeSpan.FromMinutes(45));
        await rig.Roller.RollAsync();
        var kept = TimeSpan.FromMinutes(20);
        var options = Options.Create(new TrendOptions { WindowRetention = kept, MinuteRetention = kept, QuarterRetention = kept });
        var lease = new UpkeepLease(rig.Catalog.Database, rig.Clock);
        await lease.RenewAsync();
        var sweep = new TrendSweep(rig.Retention, rig.Live, lease, options, new SettledClock(rig.Catalog.Database, rig.Clock), NullLogger<TrendSweep>.Instance);

        await sweep.SweepAsync(CancellationToken.None);

        Assert.Equal([null, null, 2.0], (await rig.ReadMinutesAsync(60)).Points.Select(point => point.MaxPauseMs));
        Assert.Null(await rig.Table.FindOwnerAsync("old"));
        Assert.NotNull(await rig.Table.FindOwnerAsync("young"));
    }

    public void Dispose() => rig.Dispose();
}

public sealed class TrendOnSqliteTests() : TrendTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class TrendOnPostgresTests() : TrendTests(CatalogKind.Postgres);

using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.Tests.Storage;
using Google.Protobuf;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.Tests.GcPauses;

public abstract class VitalsIntakeTests(CatalogKind kind) : IDisposable
{
    private readonly TrendRig rig = new(kind);

    /// <summary>Agents end their windows together; what of it the writer takes together must not show.</summary>
    [Fact]
    public async Task FinishedWindows_OfManyAgentsAtOnce_AreStoredAsIfEachHadComeAlone()
    {
        using var alone = new TrendRig(kind);
        foreach (var each in new[] { rig, alone })
        {
            Enumerable.Range(0, 40).ToList().ForEach(agent => each.ShowInventory($"agent{agent}", $"one{agent}", $"two{agent}@2.0"));
        }

        var batches = Enumerable.Range(0, 40).Select(agent => (Agent: $"agent{agent}", Batch: Batch(Create($"one{agent}", agent, 2, 4), Create($"two{agent}", 0, agent + 1), Create($"two{agent}", 1)))).ToList();
        using var gate = new ManualResetEventSlim();
        var busy = rig.Catalog.Database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(10)));
        var together = batches.Select(batch => rig.AcceptAsync(batch.Agent, batch.Batch)).ToList();
        gate.Set();
        await busy;
        await Task.WhenAll(together);
        foreach (var (agent, batch) in batches)
        {
            await alone.AcceptAsync(agent, batch);
        }

        foreach (var table in new[] { "trend_windows", "trend_instances", "trend_late", "trend_late_groups" })
        {
            Assert.Equal(await RowsAsync(alone, table), await RowsAsync(rig, table));
        }
    }

    /// <summary>Its roll-ups belong to the first, the second and the third in turn.</summary>
    [Fact]
    public async Task Upsert_InstanceOfAnotherVersionEachTime_MarksTheSameTogetherAsOneAfterTheOther()
    {
        using var alone = new TrendRig(kind);
        using var gate = new ManualResetEventSlim();
        var busy = rig.Catalog.Database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(10)));
        var together = Enumerable.Range(0, 3).Select(version => UpsertAsync(rig, version)).ToList();
        gate.Set();
        await busy;
        await Task.WhenAll(together);
        for (var version = 0; version < 3; version++)
        {
            await UpsertAsync(alone, version);
        }

        Assert.NotEmpty(await RowsAsync(alone, "trend_instances"));
        foreach (var table in new[] { "trend_windows", "trend_instances", "trend_late_groups" })
        {
            Assert.Equal(await RowsAsync(alone, table), await RowsAsync(rig, table));
        }

        static Task UpsertAsync(TrendRig into, int version) => into.Table.UpsertAsync(
            [ReportedWindow.Read(Create("one", version, 3), Noon)!],
            [new InstanceOwner { InstanceId = "one", AgentId = "agent", Service = "shop", Version = $"{version}.0" }]);
    }

    [Fact]
    public async Task FinishedWindow_AfterARestart_IsThereWithEverythingItSaid()
    {
        rig.ShowInventory("agent", "one");
        var window = Create("one", 0, 2, 4);
        window.GcCounts[0] = 1;
        window.GcCounts[2] = 1;
        window.BackgroundGcCount = 1;
        window.InducedGcCount = 1;
        window.MissedGcCount = 3;
        window.Gen2AfterBytes = 433_050;
        await rig.AcceptAsync("agent", Batch(window));

        rig.Restart();

        var point = Assert.Single((await rig.ReadMinutesAsync(1)).Points);
        Assert.Equal((2, 1, 0, 1), (point.GcCount, point.Gen0Count, point.Gen1Count, point.Gen2Count));
        Assert.Equal((1, 1, 3), (point.BackgroundCount, point.InducedCount, point.MissedGcCount));
        Assert.Equal((6, 0.6, 4), (point.PauseMs, point.SuspendMs, point.MaxPauseMs));
        Assert.Equal(0.06, point.TimeInGcPercent, 9);
        Assert.Equal(200_000, point.AllocatedBytesPerSecond);
        Assert.Equal((433_050, 433_050), (point.HeapBytes, point.HeapAfterGen2Bytes));
        Assert.Equal((1_000, 2_000, 30_000, 400_000, 50), (point.Gen0Bytes, point.Gen1Bytes, point.Gen2Bytes, point.LohBytes, point.PohBytes));
        Assert.Equal((7_000, 500, 100_000_000), (point.FragmentedBytes, point.PromotedBytes, point.WorkingSetBytes));
        Assert.Equal((1.0, 0.25, 1), (point.ObservedFraction, point.CpuCores, point.InstanceCount));
        Assert.Equal(Noon, point.WindowStart);
    }

    [Fact]
    public async Task Window_SentAgain_ReplacesTheFirst()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 1, 1, 1)));
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 5)));
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 5)));

        var point = Assert.Single((await rig.ReadMinutesAsync(1)).Points);
        Assert.Equal((1, 5), (point.GcCount, point.MaxPauseMs));
        Assert.Equal(1, rig.VitalsOf("one")!.GcCount);
    }

    [Fact]
    public async Task Previews_AreShownAndNotStored()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", new VitalsBatch { Windows = { Create("one", 0, 3).AsPreview() } });

        Assert.Equal((1, 3.0, 3.0), (rig.VitalsOf("one")!.GcCount, rig.VitalsOf("one")!.LastPauseMs, rig.VitalsOf("one")!.MaxPauseMs));
        Assert.Equal(Noon, rig.VitalsOf("one")!.LastGcAt);
        Assert.Empty((await rig.ReadMinutesAsync(1)).Points);

        rig.Clock.Advance(TimeSpan.FromSeconds(11));
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 3, 7)));

        Assert.Equal((2, 7.0), (rig.VitalsOf("one")!.GcCount, rig.VitalsOf("one")!.LastPauseMs));
        Assert.Equal(Noon.AddSeconds(10), rig.VitalsOf("one")!.LastGcAt);
    }

    [Fact]
    public async Task Vitals_AfterAMinute_KeepTheCountAndForgetTheRest()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 90)));
        for (var i = 1; i <= 5; i++)
        {
            await rig.AcceptAsync("agent", Batch(Create("one", i, 2)));
        }

        Assert.Equal((90.0, 6), (rig.VitalsOf("one")!.MaxPauseMs, rig.VitalsOf("one")!.GcCount));
        Assert.Equal(100 / 60_000.0 * 100, rig.VitalsOf("one")!.TimeInGcPercent, 6);

        await rig.AcceptAsync("agent", Batch(Create("one", 6)));

        var vitals = rig.VitalsOf("one")!;
        Assert.Equal((2.0, 2.0, 6), (vitals.MaxPauseMs, vitals.LastPauseMs, vitals.GcCount));
        Assert.Equal(2, vitals.PauseP99Ms, 0.02);
        Assert.Equal(5_000_000 / 60.0, vitals.AllocatedBytesPerSecond, 3);
        Assert.Equal((0.25, 433_050, 100_000_000), (vitals.CpuCores, vitals.HeapBytes, vitals.WorkingSetBytes));
    }

    [Fact]
    public async Task Vitals_OfAMinuteThatNobodyWatched_SaySo()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 2)));
        for (var i = 1; i <= 5; i++)
        {
            await rig.AcceptAsync("agent", Batch(Unwatched(i)));
        }

        Assert.False(rig.VitalsOf("one")!.IsUnwatched);

        await rig.AcceptAsync("agent", Batch(Unwatched(6)));

        Assert.Equal((true, 0.25), (rig.VitalsOf("one")!.IsUnwatched, rig.VitalsOf("one")!.CpuCores));

        static VitalsWindow Unwatched(int index)
        {
            var window = Create("one", index);
            window.ObservedMs = 0;
            return window;
        }
    }

    /// <summary>It was ten minutes ahead.</summary>
    [Fact]
    public async Task Vitals_AfterTheHostsClockWasSetBack_GoOnFromThere()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(7, Create("one", 60, 90)));

        await rig.AcceptAsync("agent", Batch(8, Create("one", 0, 2)));
        await rig.AcceptAsync("agent", new VitalsBatch { Windows = { Create("one", 1, 3).AsPreview() } });

        var vitals = rig.VitalsOf("one")!;
        Assert.Equal((3.0, 3.0, 3), (vitals.MaxPauseMs, vitals.LastPauseMs, vitals.GcCount));
    }

    /// <summary>An acknowledgement was lost, and the agent keeps its windows while its previews are shown.</summary>
    [Fact]
    public async Task Windows_SentAgainOrKeptBehindANewerPreview_AreNotTakenForAClockSetBack()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(7, Create("one", 20, 90)));
        await rig.AcceptAsync("agent", new VitalsBatch { Windows = { Create("one", 60, 3).AsPreview() } });

        await rig.AcceptAsync("agent", Batch(5, Create("one", 0, 2)));
        await rig.AcceptAsync("agent", Batch(8, Create("one", 21, 1)));

        Assert.Equal((90.0, 4), (rig.VitalsOf("one")!.MaxPauseMs, rig.VitalsOf("one")!.GcCount));
    }

    /// <summary>What waited goes together, under the last of its numbers.</summary>
    [Fact]
    public async Task Windows_SentAgainTogetherWithALaterOne_AreNotTakenForAClockSetBack()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(7, Create("one", 20, 90)));
        var (again, later) = (Create("one", 0, 2), Create("one", 21, 1));
        (again.BatchSequence, later.BatchSequence) = (5, 8);

        await rig.AcceptAsync("agent", Batch(8, again, later));

        Assert.Equal((90.0, 3), (rig.VitalsOf("one")!.MaxPauseMs, rig.VitalsOf("one")!.GcCount));
    }

    [Fact]
    public async Task GcCount_AfterARestart_GoesOnFromTheStore()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 1, 1), Create("one", 1, 1)));
        rig.Restart();
        rig.ShowInventory("agent", "one");

        await rig.AcceptAsync("agent", Batch(Create("one", 2, 1), Create("one", 1, 1)));

        Assert.Equal(4, rig.VitalsOf("one")!.GcCount);
    }

    [Fact]
    public async Task Window_OfAnotherAgentsInstance_IsDroppedAndTheRestKept()
    {
        rig.ShowInventory("agent", "one");
        rig.ShowInventory("other", "two");
        await rig.AcceptAsync("other", Batch(Create("two", 0, 1)));

        await rig.AcceptAsync("agent", Batch(Create("two", 0, 999), Create("one", 0, 1)));
        rig.Fleet.ShowInventory("other", []);
        await rig.AcceptAsync("agent", Batch(Create("two", 1, 999)));

        var points = (await rig.ReadMinutesAsync(1, perInstance: true)).Points;
        Assert.Equal([("one", 1.0), ("two", 1.0)], points.Select(point => (point.Instance, point.MaxPauseMs!.Value)));
    }

    [Fact]
    public async Task Window_BeforeItsInventory_IsKeptAndFoundOnceTheInstanceIsKnown()
    {
        await rig.AcceptAsync("agent", Batch(Create("early", 0, 1)));
        Assert.Empty((await rig.ReadMinutesAsync(1)).Points);

        rig.ShowInventory("agent", "early");
        await rig.AcceptAsync("agent", Batch(Create("early", 1, 2)));

        Assert.Equal([1.0, 2.0], (await rig.ReadMinutesAsync(1)).Points.Select(point => point.MaxPauseMs!.Value));
    }

    [Fact]
    public async Task Window_OfAnInstanceThatOnlyTheCatalogKnows_IsFoundByService()
    {
        // It ended while the silo was away; the agent's spool delivers what it had.
        await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            """
            INSERT INTO instances (instance_id, agent_id, service, version, environment, host, pid, started_at, first_seen_at, last_seen_at, state, state_since, problem,
                runtime, entry_assembly, command_line, container_id, pod, service_instance, gc_mode, gc_settings_json, processor_count, memory_limit_bytes, labels_json)
            VALUES ('ended', 'agent', 'shop', '0.9', '', '', 1, 0, 0, 0, 1, 0, 0, '', '', '', '', '', '', '', '{}', 1, 0, '{}')
            """,
            transaction: transaction));

        await rig.AcceptAsync("stranger", Batch(Create("ended", 0, 999)));
        await rig.AcceptAsync("agent", Batch(Create("ended", 0, 1)));

        var point = Assert.Single((await rig.ReadMinutesAsync(1, perInstance: true)).Points);
        Assert.Equal(("ended", "0.9", 1.0), (point.Instance, point.Version, point.MaxPauseMs));
        Assert.Null(rig.VitalsOf("ended"));
    }

    [Fact]
    public async Task Nonsense_IsDroppedOrMadeSafe_AndNeverRefused()
    {
        rig.ShowInventory("agent", "one");
        var wild = Create("one", 0, 1);
        wild.PauseMs = double.NaN;
        wild.AllocatedBytes = long.MinValue;
        wild.ObservedMs = uint.MaxValue;
        wild.Pauses.Add(new PauseSketch { Generation = 7, Kind = PauseKind.Blocking, Sketch = wild.Pauses[0].Sketch });
        wild.Pauses.Add(new PauseSketch { Generation = 0, Kind = PauseKind.Blocking, Sketch = ByteString.CopyFrom(1, 2, 3) });
        var tomorrow = CreateAt("one", Noon.AddDays(2), 10_000, 1);
        var nameless = Create("", 0, 1);
        var lengthless = Create("one", 1, 1);
        lengthless.WindowMs = 0;

        await rig.AcceptAsync("agent", Batch(wild, tomorrow, nameless, lengthless, Create("two\0", 0, 1)));

        var trend = await rig.ReadAsync(new() { Service = "shop", From = Noon, To = Noon.AddDays(3), StepSeconds = 10 });
        var point = Assert.Single(trend.Points);
        Assert.Equal((0.0, 0.0, 1.0), (point.PauseMs, point.AllocatedBytesPerSecond, point.ObservedFraction));
        Assert.Equal(1, point.PauseP99Ms!.Value, 0.02);
    }

    [Fact]
    public async Task Nonsense_AtTheEndOfTheNumbers_LeavesTrendsReadable()
    {
        rig.ShowInventory("agent", "one");
        var pauses = new Measures.GcPauses.DdSketch();
        pauses.Add(1, long.MaxValue);
        VitalsWindow[] windows = [.. Enumerable.Range(0, 3).Select(number =>
        {
            var wild = Create("one", number, 1);
            (wild.PauseMs, wild.MaxPauseMs, wild.SuspendMs, wild.CpuSeconds) = (double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue);
            (wild.AllocatedBytes, wild.PromotedBytes, wild.WorkingSetBytes, wild.Gen2AfterBytes) = (long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue);
            wild.HeapAfter = new HeapSizes { Gen0Bytes = long.MaxValue, Gen2Bytes = long.MaxValue };
            wild.Pauses.Add(new PauseSketch { Generation = 1, Kind = PauseKind.Blocking, Sketch = ByteString.CopyFrom(pauses.ToBytes()) });
            return wild;
        })];

        await rig.AcceptAsync("agent", Batch(windows));

        var point = Assert.Single((await rig.ReadMinutesAsync(1, step: 60)).Points);
        Assert.Equal(1, point.PauseP99Ms!.Value, 0.02);
        Assert.True(point is { HeapBytes: > 0, PromotedBytes: > 0, AllocatedBytesPerSecond: > 0 }, point.ToString());
        Assert.NotEmpty(System.Text.Json.JsonSerializer.Serialize(point));
        Assert.NotEmpty(System.Text.Json.JsonSerializer.Serialize(rig.VitalsOf("one")));
    }

    [Fact]
    public async Task Nonsense_AmongTheLongestGcs_IsLeftOutAndTheFleetIsListed()
    {
        rig.ShowInventory("agent", "one");
        var wild = Create("one", 0, 40);
        var inside = wild.WindowStartUnixMs + 5_000;
        wild.Longest.Add(new LongGc { Number = 1, PauseMs = 40, EndedUnixMs = inside });
        wild.Longest.Add(new LongGc { Number = 2, PauseMs = 1e300, EndedUnixMs = inside });
        wild.Longest.Add(new LongGc { Number = 3, PauseMs = -1, EndedUnixMs = inside });
        wild.Longest.Add(new LongGc { Number = 4, PauseMs = 50, EndedUnixMs = long.MaxValue });
        wild.Longest.Add(new LongGc { Number = 5, PauseMs = 60, EndedUnixMs = long.MinValue });

        await rig.AcceptAsync("agent", Batch(wild));

        Assert.Equal(1L, Assert.Single(await rig.Longest.ListAsync(new() { Service = "shop", From = Noon, To = Noon.AddMinutes(1) })).Number);
        rig.Clock.SetUtcNow(Noon.AddMinutes(3));
        await rig.Roller.RollAsync();
        var longest = Assert.Single(Assert.Single(await rig.Harm.ListAsync(10)).Causes).Longest!;
        Assert.Equal((1L, 40.0, Noon.AddSeconds(5)), (longest.Number, longest.PauseMs, longest.EndedAt));
    }

    [Fact]
    public async Task Forget_InstancesThatLeft_FreesTheirMinute()
    {
        rig.ShowInventory("agent", "one", "two");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 1), Create("two", 0, 1)));
        rig.ShowInventory("agent", "one");
        rig.Clock.Advance(TimeSpan.FromMinutes(3));

        rig.Live.Forget();

        Assert.Equal(1, rig.Live.Count);
    }

    private static Task<List<string>> RowsAsync(TrendRig of, string table) => of.Catalog.Database.ReadAsync(
        connection => connection.Query($"SELECT * FROM {table}").Select(row => string.Join('|', ((IDictionary<string, object>)row).Select(column => column.Value is byte[] bytes ? Convert.ToHexString(bytes) : $"{column.Value}"))).Order(StringComparer.Ordinal).ToList());

    public void Dispose() => rig.Dispose();
}

public sealed class VitalsIntakeOnSqliteTests() : VitalsIntakeTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class VitalsIntakeOnPostgresTests() : VitalsIntakeTests(CatalogKind.Postgres);

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Storage.Damage;
using FleetProf.Silo.Tests.Storage;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.Tests.GcPauses.Rollups;

public abstract class RollupTests(CatalogKind kind) : IDisposable
{
    private readonly TrendRig rig = new(kind);

    /// <summary>Any order, repetition and lateness gives what a naive computation from all windows gives, on every level.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RollUps_OfWindowsSentAnyhow_EqualThoseComputedFromAllWindows(int seed)
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        var last = await SendAsync(new SentAnyhow(seed));

        foreach (var level in TrendLevel.RolledUp)
        {
            var byTime = last.GroupBy(window => TrendLevel.StartOf(window.WindowStartUnixMs, level)).ToList();
            await CheckAsync($"SELECT instance_id AS key, * FROM trend_rollups WHERE level_ms = {level}", byTime.SelectMany(time => time.GroupBy(window => $"{window.InstanceId} {time.Key}")), NaiveRollup.OfInstance);
            await CheckAsync($"SELECT version AS key, * FROM trend_groups WHERE level_ms = {level}", byTime.SelectMany(time => time.GroupBy(window => $"{(window.InstanceId == "c" ? "2.0" : "1.0")} {time.Key}")), NaiveRollup.OfGroup);
        }

        Assert.Equal(0, await CountAsync("trend_late"));
        Assert.Equal(0, await CountAsync("trend_late_groups"));
    }

    /// <summary>A reader cannot tell whether the roll-ups were there already.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Trend_WithAndWithoutRollUps_IsTheSame(int seed)
    {
        using var unrolled = new TrendRig();
        foreach (var each in (TrendRig[])[rig, unrolled])
        {
            each.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        }

        await unrolled.AcceptAsync("agent", Batch([.. await SendAsync(new SentAnyhow(seed))]));

        foreach (var step in (int[])[10, 60, 300, 900, 1_800])
        {
            foreach (var query in (TrendQuery[])[Of(step), Of(step) with { PerInstance = true }, Of(step) with { Version = "1.0" }, Of(step) with { InstanceId = "c" }])
            {
                var expected = await unrolled.ReadAsync(query);
                Assert.NotEmpty(expected.Points);
                Assert.Equal(Text(expected), Text(await rig.ReadAsync(query)));
            }
        }
    }

    [Fact]
    public async Task LateWindow_AfterTheRollUps_CorrectsEveryLevel()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1), Create("a", 95, 1)));
        await RollAtAsync(TimeSpan.FromHours(1));
        await rig.AcceptAsync("agent", Batch(Create("a", 1, 9), Create("a", 0, 2, 3)));

        await rig.Roller.RollAsync();

        foreach (var level in (int[])[60, 900])
        {
            var point = (await rig.ReadAsync(Of(level))).Points[0];
            Assert.Equal((3, 14.0, 9.0), (point.GcCount, point.PauseMs, point.MaxPauseMs));
        }

        Assert.Equal(4, await rig.Table.CountGcsAsync("a"));
    }

    [Fact]
    public async Task GcCount_WhileLateWindowsWait_IsRightAlready()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1), Create("a", 95, 1)));
        await RollAtAsync(TimeSpan.FromHours(1));

        await rig.AcceptAsync("agent", Batch(Create("a", 1, 9, 9)));

        Assert.Equal(4, await rig.Table.CountGcsAsync("a"));
    }

    [Fact]
    public async Task Windows_BeforeTheirInventory_JoinTheirServiceWhenItIsKnown()
    {
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));
        rig.ShowInventory("agent", "b@1.0");
        await rig.AcceptAsync("agent", Batch(Create("b", 0, 2), Create("b", 95, 2)));
        await RollAtAsync(TimeSpan.FromHours(1));
        rig.ShowInventory("agent", "a@1.0", "b@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 95, 1)));
        await rig.Roller.RollAsync();

        Assert.Equal(2, (await rig.ReadAsync(Of(900))).Points[0].InstanceCount);

        // It was resolved anew: it leaves the old version and joins the other one.
        rig.ShowInventory("agent", "a@2.0", "b@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 96, 1)));
        await rig.Roller.RollAsync();

        Assert.Equal(1, (await rig.ReadAsync(Of(900) with { Version = "1.0" })).Points[0].InstanceCount);
        Assert.Equal((1, 1.0), ((await rig.ReadAsync(Of(900) with { Version = "2.0" })).Points[0] is var point) ? (point.InstanceCount, point.PauseMs) : default);
    }

    [Fact]
    public async Task Window_OfATimeThatWasSwept_IsDroppedAndTheRollUpStays()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1, 2), Create("a", 95, 1)));
        await RollAtAsync(TimeSpan.FromHours(1));
        await rig.Retention.RemoveBeforeAsync(TrendLevel.WindowMs, Noon.AddMinutes(10));

        await rig.AcceptAsync("agent", Batch(Create("a", 1, 9)));
        await rig.Roller.RollAsync();

        var trend = await rig.ReadAsync(Of(10));
        Assert.Equal(60, trend.StepSeconds);
        Assert.Equal((2, 3.0), (trend.Points[0].GcCount, trend.Points[0].PauseMs));
        Assert.Equal(1, await CountAsync("trend_windows"));
        Assert.Equal(3, await rig.Table.CountGcsAsync("a"));
    }

    [Fact]
    public async Task Sweep_BeforeTheRollUp_RemovesNothing()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));

        Assert.Equal(0, await rig.Retention.RemoveBeforeAsync(TrendLevel.WindowMs, Noon.AddDays(3)));
        Assert.Equal(1, await CountAsync("trend_windows"));
    }

    /// <summary>It would be in the way of all instances, at each try.</summary>
    [Theory]
    [InlineData("longest", "trend_windows", TrendLevel.WindowMs)]
    [InlineData("sketches", "trend_windows", TrendLevel.WindowMs)]
    [InlineData("longest", "trend_rollups", TrendLevel.MinuteMs)]
    [InlineData("sketches", "trend_rollups", TrendLevel.MinuteMs)]
    public async Task Roll_OneCellUnreadable_RollsUpAllTheRestAndSaysWhichAndWhatToDo(string column, string table, long levelMs)
    {
        // Tests run side by side and share what is known of damage.
        var broken = $"b{Guid.NewGuid():n}";
        rig.ShowInventory("agent", broken, "whole");
        await rig.AcceptAsync("agent", Batch([.. new[] { broken, "whole" }.SelectMany(id => new[] { Create(id, 0, 1), Create(id, 1, 2), Create(id, 95, 3) })]));
        if (levelMs == TrendLevel.MinuteMs)
        {
            await RollAtAsync(TimeSpan.FromMinutes(2));
        }

        await ExecuteAsync($"UPDATE {table} SET {column} = @damage WHERE instance_id = @broken", new { damage = new byte[] { 1, 0xff, 0x17 }, broken });
        var told = new ConcurrentQueue<(CellName Cell, string Problem, string Repair)>();
        void Tell(CellName cell, string problem, string repair) => told.Enqueue((cell, problem, repair));
        DamagedCells.Found += Tell;

        await RollAtAsync(TimeSpan.FromHours(2));

        DamagedCells.Found -= Tell;
        var levels = await rig.Catalog.Database.ReadAsync(connection => TrendLevels.Read(connection));
        Assert.All(TrendLevel.RolledUp, level => Assert.True(levels.Of(level).RolledTo >= Noon.AddMinutes(15).ToUnixTimeMilliseconds()));
        Assert.Equal(2, await CountAsync("trend_hours"));
        foreach (var level in (int[])[60, 900])
        {
            var point = (await rig.ReadAsync(Of(level))).Points[0];
            Assert.Equal((2, 4, 6.0), (point.InstanceCount, point.GcCount, point.PauseMs));
        }

        var first = told.First(entry => entry.Cell.Key == broken);
        Assert.Equal((table, column), (first.Cell.Table, first.Cell.Column));
        Assert.Equal(1, await ExecuteAsync(first.Repair[(first.Repair.IndexOf(": ", StringComparison.Ordinal) + 2)..]));
    }

    public void Dispose() => rig.Dispose();

    private static TrendQuery Of(int step) => new() { Service = "shop", From = Noon, To = Noon.AddMinutes(45), StepSeconds = step };

    private static string Text(Trend trend) => JsonSerializer.Serialize(trend.Points.Select(point => point with
    {
        // Sums of parts in another order differ in the last bits.
        PauseMs = Math.Round(point.PauseMs, 6), SuspendMs = Math.Round(point.SuspendMs, 6), TimeInGcPercent = Math.Round(point.TimeInGcPercent, 6), CpuCores = Math.Round(point.CpuCores, 6),
    }));

    private Task RollAtAsync(TimeSpan sinceNoon)
    {
        rig.Clock.SetUtcNow(Noon + sinceNoon);
        return rig.Roller.RollAsync();
    }

    /// <summary>Sends everything while the clock runs and the roller comes by now and then. Returns what counts: the last window of each key.</summary>
    private async Task<List<VitalsWindow>> SendAsync(SentAnyhow sent)
    {
        var last = new Dictionary<(string, long), VitalsWindow>();
        foreach (var batch in sent.Batches())
        {
            await rig.AcceptAsync("agent", Batch(batch));
            Array.ForEach(batch, window => last[(window.InstanceId, window.WindowStartUnixMs)] = window);
            var newest = DateTimeOffset.FromUnixTimeMilliseconds(batch.Max(window => window.WindowStartUnixMs)).AddSeconds(10);
            rig.Clock.SetUtcNow(newest > rig.Clock.GetUtcNow() ? newest : rig.Clock.GetUtcNow());
            if (sent.Chance(3))
            {
                await rig.Roller.RollAsync();
            }
        }

        await RollAtAsync(TimeSpan.FromHours(3));
        return [.. last.Values];
    }

    private async Task CheckAsync(string query, IEnumerable<IGrouping<string, VitalsWindow>> groups, Func<IReadOnlyList<VitalsWindow>, Dictionary<string, double?>> oracle)
    {
        var rows = (await rig.Catalog.Database.ReadAsync(connection => connection.Query(query).Select(row => (IDictionary<string, object>)row).ToList()))
            .ToDictionary(row => $"{row["key"]} {row["window_start"]}");
        var expected = groups.Where(group => rows.ContainsKey(group.Key)).ToList();

        // The last quarter of an hour of the windows has not ended for the roller; everything before must be there.
        Assert.Equal(rows.Count, expected.Count);
        Assert.True(expected.Count >= groups.Count() * 0.6);
        foreach (var group in expected)
        {
            var row = rows[group.Key];
            Assert.All(oracle([.. group]), pair => Assert.Equal(Rounded(pair.Value), Rounded(row[pair.Key])));
            Assert.Equal(SentAnyhow.Pauses(group).OrderBy(pause => pause.Key), Read((byte[]?)row["sketches"]).OrderBy(pause => pause.Key));
            var longest = (byte[]?)row["longest"] is not { } blob ? [] : row.TryGetValue("instance_id", out var id) ? LongestBytes.Read(blob, (string)id) : LongestBytes.ReadGroup(blob);
            Assert.Equal(NaiveRollup.Longest(group, Convert.ToInt64(row["level_ms"], CultureInfo.InvariantCulture)), longest.Select(gc => (gc.PauseMs, gc.EndedMs, gc.InstanceId, (uint)gc.Number).ToString()));
        }
    }

    private static double? Rounded(object? value) => value is null ? null : Math.Round(Convert.ToDouble(value, CultureInfo.InvariantCulture), 6);

    private static Dictionary<(uint, PauseKind), string> Read(byte[]? blob)
    {
        var found = new Dictionary<(uint, PauseKind), string>();
        for (var rest = blob is null ? [] : blob[1..]; rest.Length > 0;)
        {
            var length = rest[2] < 0x80 ? rest[2] : (rest[2] & 0x7F) | rest[3] << 7;
            var header = rest[2] < 0x80 ? 3 : 4;
            found.Add((rest[0], (PauseKind)rest[1]), Convert.ToHexString(DdSketch.FromBytes(rest.AsSpan(header, length)).ToBytes()));
            rest = rest[(header + length)..];
        }

        return found;
    }

    private Task<int> ExecuteAsync(string statement, object? parameters = null) =>
        rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute(statement, parameters, transaction));

    private Task<long> CountAsync(string table) => rig.Catalog.Database.ReadAsync(connection => connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}"));
}

public sealed class RollupOnSqliteTests() : RollupTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class RollupOnPostgresTests() : RollupTests(CatalogKind.Postgres);

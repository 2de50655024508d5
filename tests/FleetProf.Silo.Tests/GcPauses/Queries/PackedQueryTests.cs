using System.Text.Json;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.Tests.GcPauses.Rollups;
using FleetProf.Silo.Tests.Storage;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

public abstract class PackedQueryTests(CatalogKind kind) : IDisposable
{
    private readonly TrendRig rig = new(kind);

    /// <summary>Each figure alone, so that a column too few shows, and some together; windows missing, lossy, late, changed and two in ten seconds; roll-ups there, late and not yet.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Packed_OfWindowsSentAnyhow_IsWhatAllTheirColumnsGiveToTheBit(int seed)
    {
        var random = new Random(seed);
        await SendAsync(new SentAnyhow(seed), random);

        foreach (var step in (int[])[10, 20, 60, 300, 900, 1_800])
        {
            var query = new TrendQuery { Service = "shop", From = Noon.AddMinutes(-20), To = Noon.AddMinutes(55), StepSeconds = step, PerInstance = true };
            var expected = new Trend { Service = "shop", StepSeconds = step, Points = await ReadNaivelyAsync(query) };
            Assert.True(expected.Points.Count >= 4);
            string[][] asked = [.. TrendFields.All.Select(field => new[] { field }), [.. TrendFields.All], [.. TrendFields.All.Where(_ => random.Next(3) == 0)], []];
            foreach (var fields in asked)
            {
                Assert.Equal(Text(PackedTrend.Of(expected, fields, 2)), Text(await rig.Trends.GetPackedAsync(query, fields, 2)));
            }

            var byTime = expected.Points.OrderBy(point => point.WindowStart).ThenBy(point => point.Instance, StringComparer.Ordinal);
            Assert.Equal(JsonSerializer.Serialize(byTime), JsonSerializer.Serialize((await rig.ReadAsync(query)).Points));
            var one = expected with { Points = [.. expected.Points.Where(point => point.Instance == "b")] };
            Assert.Equal(Text(PackedTrend.Of(one, TrendFields.All, 8)), Text(await rig.Trends.GetPackedAsync(query with { PerInstance = false, InstanceId = "b" }, TrendFields.All, 8)));
            var old = expected with { Points = [.. expected.Points.Where(point => point.Version == "1.0")] };
            Assert.Equal(Text(PackedTrend.Of(old, TrendFields.All, 8)), Text(await rig.Trends.GetPackedAsync(query with { Version = "1.0" }, TrendFields.All, 8)));
        }
    }

    /// <summary>As above over some hours, each packed when it has passed, with late and changed windows, restarts, removal and packing while windows come.</summary>
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public async Task Packed_WhileHoursArePackedAndTouched_IsWhatTheWindowsGiveToTheBit(int seed)
    {
        var random = new Random(seed);
        var (keptFrom, compared, packed, touched) = (Noon, 0, 0L, 0);
        for (var part = 0; part < 5; part++)
        {
            rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
            foreach (var batch in new SentAnyhow((seed * 10) + part).Batches())
            {
                Array.ForEach(batch, window => window.WindowStartUnixMs += part * 35 * 60_000 + (random.Next(9) == 0 ? 6_500 : 0));
                var newest = DateTimeOffset.FromUnixTimeMilliseconds(batch.Max(window => window.WindowStartUnixMs)).AddSeconds(10);
                rig.Clock.SetUtcNow(newest > rig.Clock.GetUtcNow() ? newest : rig.Clock.GetUtcNow());
                var before = await CountHoursAsync();
                await Task.WhenAll(rig.AcceptAsync("agent", Batch(batch)), random.Next(3) == 0 ? rig.Roller.RollAsync() : Task.CompletedTask);
                touched += await CountHoursAsync() < before ? 1 : 0;
                if (random.Next(25) == 0)
                {
                    rig.Restart();
                    rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
                }

                if (random.Next(30) == 0)
                {
                    var time = rig.Clock.GetUtcNow() - TimeSpan.FromMinutes(random.Next(70, 150));
                    keptFrom = time > keptFrom ? time : keptFrom;
                    await rig.Retention.RemoveBeforeAsync(TrendLevel.WindowMs, time);
                }

                if (random.Next(8) == 0)
                {
                    packed = Math.Max(packed, await CountHoursAsync());
                    compared += await CompareAsync(keptFrom.AddSeconds(random.Next(3_000)), random) ? 1 : 0;
                }
            }
        }

        await rig.Roller.RollAsync();
        Assert.True(await CompareAsync(keptFrom, random));
        Assert.True(compared > 3 && packed > 2 && touched > 3, $"{compared} comparisons, {packed} hours at once, {touched} times hours less");
    }

    [Fact]
    public async Task Packed_OfHoursThatHavePassed_NeedsTheirWindowsNoMoreUntilOneComes()
    {
        rig.ShowInventory("agent", "a", "b");
        await rig.AcceptAsync("agent", Batch([.. Enumerable.Range(0, 800).Where(index => index % 7 > 0).SelectMany(index => (VitalsWindow[])[Create("a", index, 1 + (index % 9)), Create("b", index, 2, index % 5)])]));
        rig.Clock.SetUtcNow(Noon.AddHours(2).AddSeconds(15));
        await rig.Roller.RollAsync();
        Assert.Equal(4, await CountHoursAsync());
        var query = new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(130), StepSeconds = 10, PerInstance = true };
        var expected = Text(PackedTrend.Of(new Trend { Service = "shop", StepSeconds = 10, Points = await ReadNaivelyAsync(query) }, TrendFields.All, 8));

        await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            "DELETE FROM trend_windows WHERE window_start < @until", new { until = Noon.AddHours(2).ToUnixTimeMilliseconds() }, transaction));
        Assert.Equal(expected, Text(await rig.Trends.GetPackedAsync(query, TrendFields.All, 8)));

        await rig.AcceptAsync("agent", Batch(Create("a", 3, 500)));
        Assert.Equal(3, await CountHoursAsync());
        await rig.Roller.RollAsync();
        Assert.Equal(4, await CountHoursAsync());
        await rig.Retention.RemoveBeforeAsync(TrendLevel.WindowMs, Noon.AddMinutes(61));
        Assert.Equal(0, await CountHoursAsync());
    }

    [Fact]
    public async Task Packed_HoursOfAnotherVersion_AreReadFromTheirWindows()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch([.. Enumerable.Range(0, 400).Select(index => Create("a", index, index % 5))]));
        rig.Clock.SetUtcNow(Noon.AddHours(2));
        await rig.Roller.RollAsync();
        await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute("UPDATE trend_hours SET packed = @packed", new { packed = new byte[] { 255 } }, transaction));

        Assert.True(await CompareAsync(Noon, new Random(1)));
    }

    [Fact]
    public async Task Packed_ForAFigureThatIsNone_SaysWhichThereAre()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));
        var query = new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(1), PerInstance = true };

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => rig.Trends.GetPackedAsync(query, ["gcCounts"], 8));

        Assert.Contains("There are: ", exception.Message, StringComparison.Ordinal);
        Assert.Empty((await rig.Trends.GetPackedAsync(query with { Service = "other" }, ["gcCount"], 8)).Series);
    }

    public void Dispose() => rig.Dispose();

    private Task<long> CountHoursAsync() => rig.Catalog.Database.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM trend_hours"));

    /// <summary>False without a point in the range.</summary>
    private async Task<bool> CompareAsync(DateTimeOffset from, Random random)
    {
        var query = new TrendQuery { Service = "shop", From = from, To = Noon.AddMinutes(random.Next(100, 200)), StepSeconds = 10, PerInstance = true };
        var expected = new Trend { Service = "shop", StepSeconds = 10, Points = await ReadNaivelyAsync(query) };
        string[][] asked = [[.. TrendFields.All], [.. TrendFields.All.Where(_ => random.Next(3) == 0)], [TrendFields.All[random.Next(TrendFields.All.Count)]], [TrendFields.Reasons], []];
        foreach (var fields in asked)
        {
            Assert.Equal(Text(PackedTrend.Of(expected, fields, 2)), Text(await rig.Trends.GetPackedAsync(query, fields, 2)));
        }

        return expected.Points.Count > 0;
    }

    private async Task SendAsync(SentAnyhow sent, Random random)
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        foreach (var batch in sent.Batches())
        {
            // Watching began anew inside ten seconds, or events were lost.
            var rests = batch.Where(_ => random.Next(9) == 0).Select(window => CreateAt(window.InstanceId, DateTimeOffset.FromUnixTimeMilliseconds(window.WindowStartUnixMs + 6_500), 3_500, 1 + random.Next(9), random.NextDouble())).ToList();
            Array.ForEach(batch, window => window.MissedGcCount = random.Next(4) == 0 ? (uint)random.Next(5) : 0);
            await rig.AcceptAsync("agent", Batch([.. batch, .. rests]));
            var newest = DateTimeOffset.FromUnixTimeMilliseconds(batch.Max(window => window.WindowStartUnixMs)).AddSeconds(10);
            rig.Clock.SetUtcNow(newest > rig.Clock.GetUtcNow() ? newest : rig.Clock.GetUtcNow());
            if (sent.Chance(3))
            {
                await rig.Roller.RollAsync();
            }
        }

        // Whatever came late is in the roll-ups, which readers of any kind take as they are.
        await rig.Roller.RollAsync();
    }

    private async Task<List<TrendPoint>> ReadNaivelyAsync(TrendQuery query)
    {
        var range = TrendRange.Around(query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds(), query.StepSeconds * 1_000L);
        var instances = await rig.Reader.ListInstancesAsync("shop", range.FromMs, range.ToMs);
        var windows = await rig.Reader.ReadInstancesAsync([.. instances.Select(instance => instance.InstanceId)], range, TrendLevel.ForStep(range.StepMs));
        return NaiveTrend.Of(windows, [.. instances.Select(instance => new InstanceSpan(instance.InstanceId, instance.FirstWindow, instance.LastEnd))], range, id => instances.Single(instance => instance.InstanceId == id).Version!);
    }

    private static string Text(PackedTrend packed) => JsonSerializer.Serialize(packed);
}

public sealed class PackedQueryOnSqliteTests() : PackedQueryTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class PackedQueryOnPostgresTests() : PackedQueryTests(CatalogKind.Postgres);

using System.Text.Json;
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

using System.Text.Json;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using LongGc = FleetProf.AgentProtocol.LongGc;
using PauseCause = FleetProf.Contracts.GcPauses.PauseCause;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

public sealed class CauseQueryTests : IDisposable
{
    private readonly TrendRig rig = new();
    private readonly List<(string Instance, long AtMs, PauseCause Cause, double Ms)> sent = [];

    /// <summary>Whatever is rolled up and however long the range is, against plain sums over everything that was sent.</summary>
    [Theory]
    [InlineData(0, 25)]
    [InlineData(5, 50)]
    [InlineData(0, 14 * 60)]
    public async Task Causes_OfARange_AreThoseOfAllPausesSent(int fromMinute, int toMinute)
    {
        await SendAsync();
        var query = new TrendQuery { Service = "shop", From = Noon.AddMinutes(fromMinute), To = Noon.AddMinutes(toMinute) };
        foreach (var roll in (bool[])[false, true])
        {
            if (roll)
            {
                rig.Clock.SetUtcNow(Noon.AddHours(15));
                await rig.Roller.RollAsync();
            }

            var causes = await rig.Causes.GetAsync(query);

            var inRange = sent.Where(pause => pause.AtMs >= query.From.ToUnixTimeMilliseconds() && pause.AtMs < query.To.ToUnixTimeMilliseconds()).ToList();
            Check(inRange, causes.Causes);
            Check(inRange.Where(pause => pause.Instance == "c"), causes.ByVersion.Where(cause => cause.Version == "2.0"));
            Check(inRange.Where(pause => pause.Instance != "c"), causes.ByVersion.Where(cause => cause.Version == "1.0"));
            Check(inRange.Where(pause => pause.Instance == "a"), (await rig.Causes.GetAsync(query with { InstanceId = "a" })).Causes);
            Check(inRange.Where(pause => pause.Instance == "c"), (await rig.Causes.GetAsync(query with { Version = "2.0" })).Causes);
        }
    }

    [Fact]
    public async Task Causes_WithExemplars_NameTheLongestOfEachWithItsEvidence()
    {
        rig.ShowInventory("agent", "a@1.0", "c@2.0");
        await rig.AcceptAsync("agent", Batch(With(Create("a", 0, 40, 9), (40, PauseCause.Survivors, "much"), (9, PauseCause.Induced, "asked")), With(Create("c", 0, 12, 11), (12, PauseCause.Induced, "asked too"), (11, (PauseCause)30, "later"))));

        var causes = await rig.Causes.GetAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(1) });

        var found = causes.Causes.ToDictionary(cause => cause.Cause, cause => cause.Longest);
        Assert.Equal((40, "much", "a", "1.0"), (found[PauseCause.Survivors]!.PauseMs, found[PauseCause.Survivors]!.Evidence, found[PauseCause.Survivors]!.Instance, found[PauseCause.Survivors]!.Version));
        Assert.Equal(("asked too", "2.0"), (found[PauseCause.Induced]!.Evidence, found[PauseCause.Induced]!.Version));
        Assert.Equal("asked", causes.ByVersion.Single(cause => cause is { Version: "1.0", Cause: PauseCause.Induced }).Longest!.Evidence);
    }

    [Fact]
    public async Task Causes_FromTheBeginningOrToTheEndOfTime_AreThoseOfWhatThereIs()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(With(Create("a", 0, 40), (40, PauseCause.Survivors, "much")), With(Create("a", 9, 12), (12, PauseCause.Induced, "asked"))));
        var there = new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(2) };
        var always = there with { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue };
        var expected = JsonSerializer.Serialize((await rig.Causes.GetAsync(there)).Causes);

        foreach (var query in (TrendQuery[])[there with { To = DateTimeOffset.MaxValue }, there with { From = DateTimeOffset.MinValue }, always, always with { InstanceId = "a" }])
        {
            Assert.Equal(expected, JsonSerializer.Serialize((await rig.Causes.GetAsync(query).WaitAsync(TimeSpan.FromMinutes(1))).Causes));
        }

        Assert.Empty((await rig.Causes.GetAsync(always with { Service = "other" })).Causes);
        Assert.Empty((await rig.Causes.GetAsync(always with { From = DateTimeOffset.MaxValue.AddHours(-1) })).Causes);
    }

    [Fact]
    public async Task Causes_OfAnUnknownService_AreNone() =>
        Assert.Empty((await rig.Causes.GetAsync(new TrendQuery { Service = "other", From = Noon, To = Noon.AddHours(1) })).Causes);

    /// <summary>The analysis names causes by its own numbers.</summary>
    [Fact]
    public void Causes_OfContractsAndMeasures_HaveTheSameNumbers() =>
        Assert.Equal(Enum.GetValues<GcCause>().Select(cause => ((int)cause, cause.ToString())), Enum.GetValues<PauseCause>().Select(cause => ((int)cause, cause.ToString())));

    public void Dispose() => rig.Dispose();

    private static void Check(IEnumerable<(string Instance, long AtMs, PauseCause Cause, double Ms)> expected, IEnumerable<CausePauses> actual)
    {
        var byCause = expected.GroupBy(pause => pause.Cause).ToDictionary(group => group.Key, group => group.Select(pause => pause.Ms).ToList());
        Assert.NotEmpty(byCause);
        Assert.Equal(byCause.Keys.Order(), actual.Select(cause => cause.Cause).Order());
        Assert.All(actual, cause =>
        {
            Assert.Equal((byCause[cause.Cause].Count, byCause[cause.Cause].Max()), (cause.PauseCount, cause.MaxPauseMs));
            Assert.InRange(cause.PauseMs / byCause[cause.Cause].Sum(), 0.99, 1.01);
        });
        Assert.Equal(100, actual.Sum(cause => cause.PausePercent), 1e-9);
    }

    private async Task SendAsync()
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        var random = new Random(4);
        foreach (var index in Enumerable.Range(0, 330).Append(4_000))
        {
            await rig.AcceptAsync("agent", Batch([.. ((string[])["a", "b", "c"]).Select(instance => Random(random, instance, index))]));
        }
    }

    private VitalsWindow Random(Random random, string instance, int index)
    {
        var window = Create(instance, index, 1);
        window.Pauses.Clear();
        foreach (var cause in Enum.GetValues<PauseCause>().Where(_ => random.Next(6) == 0))
        {
            double[] pauses = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.NextDouble() * 50)];
            var sketch = Sketch((uint)random.Next(3), PauseKind.Blocking, pauses);
            sketch.Cause = (AgentProtocol.PauseCause)cause;
            window.Pauses.Add(sketch);
            sent.AddRange(pauses.Select(pause => (instance, window.WindowStartUnixMs, cause, pause)));
        }

        return window;
    }

    private static VitalsWindow With(VitalsWindow window, params (double Ms, PauseCause Cause, string Evidence)[] gcs)
    {
        window.Pauses.Clear();
        foreach (var (ms, cause, evidence) in gcs)
        {
            var sketch = Sketch(0, PauseKind.Blocking, ms);
            sketch.Cause = (AgentProtocol.PauseCause)cause;
            window.Pauses.Add(sketch);
            window.Longest.Add(new LongGc
            {
                Number = (uint)window.Longest.Count + 1, Kind = PauseKind.Blocking, PauseMs = ms, EndedUnixMs = window.WindowStartUnixMs + 5, Cause = (AgentProtocol.PauseCause)cause, Evidence = evidence,
            });
        }

        return window;
    }
}

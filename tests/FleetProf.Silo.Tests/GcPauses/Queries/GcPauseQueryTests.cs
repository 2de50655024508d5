using FleetProf.AgentProtocol;
using FleetProf.Contracts.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Silo.Tests.GcPauses.Rollups;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using LongGc = FleetProf.AgentProtocol.LongGc;
using PauseCause = FleetProf.Contracts.GcPauses.PauseCause;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

public sealed class GcPauseQueryTests : IDisposable
{
    private readonly TrendRig rig = new();

    /// <summary>Whatever is rolled up and however the range lies, against a sort of everything that was sent.</summary>
    [Theory]
    [InlineData(0, 45)]
    [InlineData(3, 38)]
    [InlineData(7, 14)]
    [InlineData(16, 29)]
    public async Task Longest_OfARange_AreThoseOfAllWindowsSent(int fromMinute, int toMinute)
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        var last = new Dictionary<(string, long), VitalsWindow>();
        foreach (var batch in new SentAnyhow(11).Batches())
        {
            await rig.AcceptAsync("agent", Batch(batch));
            Array.ForEach(batch, window => last[(window.InstanceId, window.WindowStartUnixMs)] = window);
        }

        var query = new LongGcQuery { Service = "shop", From = Noon.AddMinutes(fromMinute), To = Noon.AddMinutes(toMinute) };
        var sent = last.Values.Where(window => window.WindowStartUnixMs >= query.From.ToUnixTimeMilliseconds() && window.WindowStartUnixMs < query.To.ToUnixTimeMilliseconds()).ToList();
        foreach (var roll in (bool[])[false, true])
        {
            if (roll)
            {
                rig.Clock.SetUtcNow(Noon.AddHours(3));
                await rig.Roller.RollAsync();
            }

            Assert.Equal(NaiveRollup.Longest(sent, 60_000), (await rig.Longest.ListAsync(query)).Select(Text));
            Assert.Equal(NaiveRollup.Longest(sent.Where(window => window.InstanceId == "c"), 60_000), (await rig.Longest.ListAsync(query with { InstanceId = "c" })).Select(Text));
            Assert.Equal(NaiveRollup.Longest(sent.Where(window => window.InstanceId != "c"), 60_000), (await rig.Longest.ListAsync(query with { Version = "1.0" })).Select(Text));
        }
    }

    /// <summary>A roll-up of the service keeps twenty of a minute; shorter ones of the next must not take the places of the other ten.</summary>
    [Fact]
    public async Task Longest_MoreThanARollUpKeeps_AreStillTheLongest()
    {
        string[] instances = [.. Enumerable.Range(0, 30).Select(number => $"i{number:00}")];
        rig.ShowInventory("agent", instances);
        await rig.AcceptAsync("agent", Batch([.. instances.SelectMany(id => (VitalsWindow[])[WithLong(id, 0, 4_000), WithLong(id, 6, 50)])]));
        var query = new LongGcQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(2), Limit = 30 };
        foreach (var roll in (bool[])[false, true])
        {
            if (roll)
            {
                rig.Clock.SetUtcNow(Noon.AddHours(1));
                await rig.Roller.RollAsync();
            }

            Assert.Equal(instances.Select(id => (id, 4_000.0)), (await rig.Longest.ListAsync(query)).Select(gc => (gc.Instance, gc.PauseMs)));
        }

        static VitalsWindow WithLong(string instance, int index, double pause)
        {
            var window = Create(instance, index, pause);
            window.Longest.Add(new LongGc { Number = 1, PauseMs = pause, EndedUnixMs = window.WindowStartUnixMs + 5_000 });
            return window;
        }
    }

    /// <summary>A minute keeps five of an instance, causes of a short range are read from its windows: the page of the GC that a cause names asks as here.</summary>
    [Theory]
    [InlineData(3, 7_000)]
    [InlineData(5, 9_500)]
    public async Task Longest_OfOneMinute_HasTheExemplarThatACauseNames(int number, int afterMs)
    {
        rig.ShowInventory("agent", "a@1.0");
        VitalsWindow[] windows = [.. Enumerable.Range(0, 6).Select(index => Create("a", index, 100))];
        foreach (var window in windows)
        {
            window.Longest.Add(new LongGc { Number = 1, PauseMs = 100, EndedUnixMs = window.WindowStartUnixMs + 5_000, Cause = AgentProtocol.PauseCause.Survivors });
        }

        var rare = Sketch(0, AgentProtocol.PauseKind.Blocking, 5);
        rare.Cause = AgentProtocol.PauseCause.Induced;
        windows[number].Pauses.Add(rare);
        windows[number].Longest.Add(new LongGc { Number = 2, PauseMs = 5, EndedUnixMs = windows[number].WindowStartUnixMs + afterMs, Cause = AgentProtocol.PauseCause.Induced });
        await rig.AcceptAsync("agent", Batch(windows));
        foreach (var roll in (bool[])[false, true])
        {
            if (roll)
            {
                rig.Clock.SetUtcNow(Noon.AddHours(1));
                await rig.Roller.RollAsync();
            }

            var causes = await rig.Causes.GetAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(5) });
            var named = Assert.Single(causes.Causes, cause => cause.Cause == PauseCause.Induced).Longest!;

            Assert.Contains(named, await rig.Longest.ListAsync(new() { Service = "shop", InstanceId = "a", From = named.EndedAt, To = named.EndedAt.AddSeconds(1), Limit = 1_000 }));
        }
    }

    [Fact]
    public async Task Longest_TellsWhatTheAgentTold()
    {
        rig.ShowInventory("agent", "a@1.0");
        var window = Create("a", 0, 7);
        window.Longest.Add(new LongGc { Number = 5, Generation = 2, Kind = FleetProf.AgentProtocol.PauseKind.BackgroundFinal, Reason = "AllocLarge", PauseMs = 7, SuspendMs = 2, EndedUnixMs = Noon.AddSeconds(3).ToUnixTimeMilliseconds(), PromotedBytes = 99 });
        await rig.AcceptAsync("agent", Batch(window));

        var gc = Assert.Single(await rig.Longest.ListAsync(new() { Service = "shop", From = Noon, To = Noon.AddMinutes(1) }));

        Assert.Equal(
            new Contracts.GcPauses.LongGc { Instance = "a", Version = "1.0", Number = 5, Generation = 2, Kind = "background", Reason = "AllocLarge", PauseMs = 7, SuspendMs = 2, EndedAt = Noon.AddSeconds(3), PromotedBytes = 99 },
            gc);
        Assert.Null(gc.Detail);
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Longest.ListAsync(new() { Service = "shop", From = Noon, To = Noon.AddMinutes(1), Limit = 0 }));
    }

    [Fact]
    public async Task Longest_WithItsRecord_TellsPhasesRootsAndGenerations()
    {
        rig.ShowInventory("agent", "a@1.0");
        var window = Create("a", 0, 7);
        window.Longest.Add(new LongGc
        {
            Number = 5, PauseMs = 7, EndedUnixMs = Noon.AddSeconds(3).ToUnixTimeMilliseconds(), Cause = AgentProtocol.PauseCause.LohBudget, Evidence = "It was used up.",
            Detail = new GcDetail
            {
                PauseMs = 7, SuspendMs = 0.5, ResumeMs = 0.25, MarkMs = 4, SweepMs = double.NaN, RootMs = { 1, 2, 3, 4, 5 }, RootBytes = { 10, 20 }, HeapBeforeBytes = 60,
                HeapBefore = new HeapSizes { Gen0Bytes = 10, LohBytes = 50 }, HeapAfter = new HeapSizes { Gen2Bytes = 30 }, CondemnReasons = (1 << 2) | (1 << 7), TypicalPauseMs = 3, MemoryLoadPercent = 50,
            },
        });
        await rig.AcceptAsync("agent", Batch(window));

        var gc = Assert.Single(await rig.Longest.ListAsync(new() { Service = "shop", From = Noon, To = Noon.AddMinutes(1) }));

        Assert.Equal((PauseCause.LohBudget, "It was used up."), (gc.Cause, gc.Evidence));
        var detail = gc.Detail!;
        Assert.Equal((7, 0.5, 0.25, 4, 0), (detail.PauseMs, detail.SuspendMs, detail.ResumeMs, detail.MarkMs, detail.SweepMs));
        Assert.Equal(new GcRoots { Stacks = 1, Finalizers = 2, Handles = 3, OlderObjects = 4, Other = 5 }, detail.RootMs);
        Assert.Equal(new GcRoots { Stacks = 10, Finalizers = 20 }, detail.RootBytes);
        Assert.Equal((new GenerationSizes { Gen0Bytes = 10, LohBytes = 50 }, new GenerationSizes { Gen2Bytes = 30 }, null), (detail.Before, detail.After, detail.Budget));
        Assert.Equal(("HighMemory, FragmentedGen2", 3, null, 50), (detail.CondemnReasons, detail.TypicalPauseMs, detail.ThrottledMs, detail.MemoryLoadPercent));
    }

    /// <summary>Sent anyhow, on every level, against a sum over what was sent last.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(900)]
    public async Task Trend_ByReason_AddsUpWhatWasSent(int step)
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        var last = new Dictionary<(string, long), VitalsWindow>();
        foreach (var batch in new SentAnyhow(21).Batches())
        {
            await rig.AcceptAsync("agent", Batch(batch));
            Array.ForEach(batch, window => last[(window.InstanceId, window.WindowStartUnixMs)] = window);
        }

        rig.Clock.SetUtcNow(Noon.AddHours(3));
        await rig.Roller.RollAsync();

        var trend = await rig.Trends.GetTrendAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(45), StepSeconds = step });

        Assert.All(trend.Points, point =>
        {
            var from = point.WindowStart.ToUnixTimeMilliseconds();
            var windows = last.Values.Where(window => window.WindowStartUnixMs >= from && window.WindowStartUnixMs < from + (step * 1000L)).ToList();
            long Sum(int place) => windows.Sum(window => place < window.GcReasonCounts.Count ? window.GcReasonCounts[place] : 0L);
            var expected = Enumerable.Range(0, 15).Select(place => (Name: place < 14 ? ((GcReason)place).ToString() : "Other", Count: Sum(place))).Where(reason => reason.Count > 0).ToDictionary(reason => reason.Name, reason => reason.Count);
            Assert.Equal(expected, point.Reasons);
        });
        Assert.Contains(trend.Points, point => point.Reasons.ContainsKey("Other") && point.Reasons.ContainsKey("AllocSmall"));
    }

    [Fact]
    public async Task Histogram_OfAService_CountsEveryPauseOnce()
    {
        rig.ShowInventory("agent", "a", "b");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 0.05, 1.2, 1.2, 40), Create("b", 1, 20_000), Create("a", 12, 4)));

        var histogram = await rig.Trends.GetHistogramAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(3), StepSeconds = 60 });

        Assert.Equal([Noon, Noon.AddMinutes(2)], histogram.Steps.Select(step => step.WindowStart));
        Assert.Equal(histogram.UpperMs.Count + 1, histogram.Steps[0].Counts.Count);
        Assert.Equal([5L, 1L], histogram.Steps.Select(step => step.Counts.Sum()));
        Assert.Equal(1, histogram.Steps[0].Counts[^1]);
        Assert.Equal(1, histogram.Steps[0].Counts[0]);
        Assert.Equal(2, histogram.Steps[0].Counts[histogram.UpperMs.ToList().IndexOf(1.5)]);
    }

    [Fact]
    public async Task HeapSlopes_OfALeakAndAHealthyInstance_NameTheLeak()
    {
        rig.ShowInventory("agent", "leak@1.0", "fine@1.0");
        var random = new Random(5);
        for (var minute = 0; minute < 60; minute++)
        {
            var (leak, fine) = (Create("leak", minute * 6, 1), Create("fine", minute * 6, 1));
            leak.Gen2AfterBytes = 100_000_000 + (minute * 1_000_000) + random.Next(500_000);
            fine.Gen2AfterBytes = 100_000_000 + random.Next(9_000_000);
            await rig.AcceptAsync("agent", Batch(leak, fine));
        }

        var slopes = await rig.Trends.ListHeapSlopesAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddHours(1) });

        Assert.Equal([("leak", true), ("fine", false)], slopes.Select(slope => (slope.Instance, slope.IsGrowing)));
        Assert.Equal(60_000_000, slopes[0].BytesPerHour, 1_000_000.0);
        Assert.Equal("1.0", slopes[0].Version);
    }

    [Fact]
    public async Task Harm_OfServices_RanksByPauseTimeOfAllInstances()
    {
        rig.Fleet.ShowInventory("agent", [.. ((string[])["m1", "m2", "m3"]).Select(id => Instance(id, "many")), Instance("s", "single")]);
        foreach (var index in Enumerable.Range(0, 12))
        {
            await rig.AcceptAsync("agent", Batch(Create("m1", index, 10), Create("m2", index, 10), Create("m3", index, 30), Create("s", index, 40)));
        }

        rig.Clock.SetUtcNow(Noon.AddMinutes(3));
        await rig.Roller.RollAsync();

        var harm = await rig.Harm.ListAsync(10);

        // 50 ms in ten seconds over three instances against 40 ms in one.
        Assert.Equal([("many", 3, 18_000.0, 6_000.0), ("single", 1, 14_400.0, 14_400.0)], harm.Select(row => (row.Service, row.InstanceCount, Math.Round(row.HarmMsPerHour, 6), Math.Round(row.PauseMsPerHour, 6))));
        Assert.Equal((30, 6), (harm[0].MaxPauseMs, harm[0].GcsPerMinute));
        Assert.Equal([(PauseCause.Unknown, 36L, 100.0)], harm[0].Causes.Select(cause => (cause.Cause, cause.PauseCount, cause.PausePercent)));
        rig.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Empty(await rig.Harm.ListAsync(10));
    }

    [Fact]
    public void Knobs_OfRunningInstances_ShowDriftAndIgnoredNames()
    {
        rig.Fleet.ShowInventory("agent",
        [
            Instance("a", "shop") with { Host = "h1", GcMode = "server datas", ProcessorCount = 4, GcSettings = new Dictionary<string, string> { ["System.GC.Server"] = "true", ["System.GC.Gen0Size"] = "5" } },
            Instance("b", "shop") with { Host = "h2", GcMode = "workstation concurrent", ProcessorCount = 4 },
            Instance("c", "other"),
        ]);

        var knobs = rig.Knobs.Get("shop");

        Assert.Equal(["a", "b"], knobs.Instances.Select(instance => instance.Instance));
        Assert.Equal(["System.GC.Gen0Size", "System.GC.Server", "gc mode"], knobs.Knobs.Where(knob => knob.IsDrifting).Select(knob => knob.Name));
        var ignored = Assert.Single(knobs.Knobs, knob => knob.IsIgnored);
        Assert.Equal("System.GC.Gen0Size", ignored.Name);
        Assert.Contains("Gen0MaxBudget", ignored.Nearest, StringComparison.Ordinal);
        Assert.Equal([("4", 2)], knobs.Knobs.Single(knob => knob.Name == "processors").Values.Select(value => (value.Value, value.InstanceCount)));
        Assert.Empty(rig.Knobs.Get("unknown").Instances);
    }

    public void Dispose() => rig.Dispose();

    private static Contracts.Fleet.Instance Instance(string id, string service) => new() { InstanceId = id, Service = service, Version = "1.0", AgentId = "agent" };

    private static string Text(Contracts.GcPauses.LongGc gc) => (gc.PauseMs, gc.EndedAt.ToUnixTimeMilliseconds(), gc.Instance, (uint)gc.Number).ToString();
}

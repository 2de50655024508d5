using FleetProf.AgentProtocol;
using FleetProf.Contracts.GcPauses;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using LongGc = FleetProf.AgentProtocol.LongGc;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

public sealed class AdviceQueriesTests : IDisposable
{
    private readonly TrendRig rig = new();

    private static AdviceQuery Shop => new() { Service = "shop", From = Noon, To = Noon.AddMinutes(15) };

    [Fact]
    public async Task Advice_OnASmallBudget_PredictsTheIntervalAndWithholdsThePause()
    {
        rig.Fleet.ShowInventory("agent", [Instance("small")]);
        await SendAsync(index => Window("small", index, gcs: 100, allocatedPerGc: 4_000_000, pauseMs: 3));

        var advice = await rig.Advice.GetAsync(Shop);

        Assert.Equal((1, Noon, Noon.AddMinutes(15)), (advice.InstanceCount, advice.From, advice.To));
        var small = Assert.Single(advice.Advice);
        Assert.Equal(("gen0-budget-small", "DOTNET_GCgen0size", "F00000", 1), (small.Rule, small.Setting, small.Value, small.InstanceCount));
        Assert.Equal(3, small.Figures.Single(figure => figure.Name == "survival").Value, 3.0 * 0.01);
        var (interval, pause) = (small.Predicted[0], small.Predicted[1]);

        // 40 MB/s as before, 15 MiB between two collections instead of 4 MB.
        Assert.Equal((100.0, 393.0), (interval.Present, Math.Round(interval.Predicted!.Value)));
        Assert.True(interval.Low < 393 && interval.High > 393 && interval.NotPredicted.Length == 0);
        Assert.Null(pause.Predicted);
        Assert.StartsWith("only a budget of 4.0 MB was seen", pause.NotPredicted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advice_WhereAnotherInstanceHasTheLargerBudget_PredictsThePauseFromIt()
    {
        rig.Fleet.ShowInventory("agent", [Instance("small"), Instance("large") with { GcSettings = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "1000000" } }]);
        await SendAsync(
            index => Window("small", index, gcs: 100, allocatedPerGc: 4_000_000, pauseMs: 3),
            index => Window("large", index, gcs: 24, allocatedPerGc: 16_800_000, pauseMs: 5));

        var advice = await rig.Advice.GetAsync(Shop);

        var small = advice.Advice.Single(one => one.Rule == "gen0-budget-small");
        Assert.Equal(["small"], small.Instances);
        Assert.InRange(small.Predicted.Single(change => change.Metric == "pause p50").Predicted!.Value, 4, 5);
        Assert.Equal("setting-drift", advice.Advice.Single(one => one != small).Rule);
    }

    [Fact]
    public async Task Advice_OnLargeObjects_GoesByTheReasonsOfTheRecordedCollections()
    {
        rig.Fleet.ShowInventory("agent", [Instance("a")]);
        await SendAsync(index =>
        {
            var window = Window("a", index, gcs: 5, allocatedPerGc: 4_000_000, pauseMs: 1);
            window.Longest.Add(new LongGc { Number = (uint)index, Generation = index % 2 == 0 ? 2u : 0u, Reason = "AllocLarge", PauseMs = 1, EndedUnixMs = window.WindowStartUnixMs });
            return window;
        });

        var advice = await rig.Advice.GetAsync(Shop);

        Assert.StartsWith("45 of 45 recorded full collections", Assert.Single(advice.Advice).Observation, StringComparison.Ordinal);
    }

    /// <summary>Each stops the process twice.</summary>
    [Fact]
    public async Task Advice_OnBackgroundCollections_CountsEachOnce()
    {
        rig.Fleet.ShowInventory("agent", [Instance("a")]);
        await SendAsync(index =>
        {
            var window = Window("a", index, gcs: 5, allocatedPerGc: 4_000_000, pauseMs: 1);
            if (index < 3)
            {
                var first = new LongGc { Number = (uint)index, Generation = 2, Reason = "AllocLarge", PauseMs = 1, EndedUnixMs = window.WindowStartUnixMs };
                window.Longest.Add([first, new LongGc(first) { EndedUnixMs = window.WindowStartUnixMs + 50 }]);
            }

            return window;
        });

        // Three full ones are too few for it, six would not be.
        Assert.DoesNotContain((await rig.Advice.GetAsync(Shop)).Advice, one => one.Rule == "loh-churn");
    }

    [Fact]
    public async Task Advice_OnWhatIsNotKnown_SaysSo()
    {
        rig.Fleet.ShowInventory("agent", [Instance("new"), Instance("go") with { GcMode = "go concurrent" }]);
        await rig.AcceptAsync("agent", Batch(Window("new", 0, gcs: 100, allocatedPerGc: 4_000_000, pauseMs: 3)));

        var advice = await rig.Advice.GetAsync(Shop);

        Assert.Empty(advice.Advice);
        Assert.Equal(["go", "new"], advice.Unjudged.Select(instance => instance.Instance));
        Assert.Equal("It was watched at work for 10 s, 600 are needed.", advice.Unjudged[1].Reason);
        Assert.Equal(0, (await rig.Advice.GetAsync(Shop with { Service = "unknown" })).InstanceCount);
        Assert.Equal(2, (await rig.Advice.GetAsync(Shop with { From = Noon, To = Noon })).Unjudged.Count);
    }

    public void Dispose() => rig.Dispose();

    private async Task SendAsync(params Func<int, VitalsWindow>[] windows)
    {
        for (var index = 0; index < 90; index++)
        {
            await rig.AcceptAsync("agent", Batch([.. windows.Select(window => window(index))]));
        }
    }

    private static VitalsWindow Window(string instance, int index, int gcs, long allocatedPerGc, double pauseMs)
    {
        var window = Create(instance, index, [.. Enumerable.Repeat(pauseMs, gcs)]);
        window.AllocatedBytes = gcs * allocatedPerGc;
        window.PromotedBytes = window.AllocatedBytes * 3 / 100;
        return window;
    }

    private static Contracts.Fleet.Instance Instance(string id) =>
        new() { InstanceId = id, Service = "shop", Version = "1.0", AgentId = "agent", GcMode = "workstation concurrent", Runtime = ".NET 10.0.12", ProcessorCount = 2 };
}

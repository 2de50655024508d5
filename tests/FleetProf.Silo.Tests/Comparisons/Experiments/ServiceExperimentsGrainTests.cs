using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Comparisons.Experiments;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.Tests.GcPauses;

namespace FleetProf.Silo.Tests.Comparisons.Experiments;

public sealed class ServiceExperimentsGrainTests : IAsyncLifetime
{
    private const int Megabytes = 40;

    private readonly ComparisonRig rig = new();

    private ExperimentRequest Small => new() { ExperimentId = "one", Rule = "gen0-budget-small", From = rig.DeployedAt.AddMinutes(-15), To = rig.DeployedAt, RequestedBy = "someone" };

    private IServiceExperimentsGrain Grain => rig.Client.GetGrain<IServiceExperimentsGrain>("shop");

    public async ValueTask InitializeAsync()
    {
        await rig.StartAsync();
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null)]);
        await AddAsync("old", rig.DeployedAt.AddMinutes(-15), gcsPerWindow: 100);
    }

    [Fact]
    public async Task Start_BeforeTheChange_StoresWhatIsForetoldOnce()
    {
        var experiment = (await Grain.StartAsync(Small)).Experiment!;

        Assert.Equal(("DOTNET_GCgen0size", "F00000", "someone"), (experiment.Setting, experiment.Value, experiment.CreatedBy));
        Assert.Equal(["old"], experiment.BaselineInstances);
        var metric = Assert.Single(experiment.Metrics);

        // 15 MiB instead of 4 MB at the same rate; the pause is withheld, with one budget seen.
        Assert.Equal("gc interval", metric.Metric);
        Assert.Equal(15 * 1.048576 / 4, metric.PredictedEffect + 1, 0.05);
        Assert.True(metric.PredictedLow < metric.PredictedEffect && metric.PredictedEffect < metric.PredictedHigh);
        Assert.Equal(experiment.CreatedAt, (await Grain.StartAsync(Small with { Rule = "another" })).Experiment!.CreatedAt);
        Assert.Single(await Grain.ListAsync());
        Assert.Equal("UNDECIDED: no instance has started with DOTNET_GCgen0size=F00000 since this was foretold.", (await Grain.JudgeAsync("one"))!.Sentence);
        Assert.Null(await Grain.JudgeAsync("two"));
    }

    [Theory]
    [InlineData(25, ExperimentOutcome.Confirmed, "CONFIRMED")]
    [InlineData(50, ExperimentOutcome.DirectionOnly, "DIRECTION-ONLY")]
    [InlineData(100, ExperimentOutcome.Refuted, "REFUTED")]
    public async Task Judge_AfterTheChange_SaysWhatBecameOfThePredictionAndStaysWithIt(int gcsPerWindow, ExperimentOutcome outcome, string word)
    {
        await Grain.StartAsync(Small);
        await rig.KillAsync(TimeSpan.FromSeconds(10));
        await rig.StartAsync();
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null), Instance("new", "0xf00000")]);
        await AddAsync("new", rig.DeployedAt.AddSeconds(30), gcsPerWindow);
        rig.Clock.Advance(TimeSpan.FromMinutes(16));

        var judged = (await Grain.JudgeAsync("one"))!;

        Assert.Equal(outcome, judged.Outcome);
        Assert.StartsWith($"{word}: gc interval was foretold to change by +29", judged.Sentence, StringComparison.Ordinal);
        Assert.Equal(["new"], judged.ChangedInstances);
        Assert.NotNull(judged.DecidedAt);
        rig.Service<LiveFleet>().ShowInventory("agent", []);
        Assert.Equal(judged.Sentence, Assert.Single(await Grain.ListAsync()).Sentence);
        Assert.Equal(judged.DecidedAt, (await Grain.JudgeAsync("one"))!.DecidedAt);
    }

    [Fact]
    public async Task Judge_SoonAfterTheChange_WaitsForTheWarmUp()
    {
        await Grain.StartAsync(Small);
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("new", "F00000")]);
        await AddAsync("new", rig.DeployedAt.AddSeconds(30), gcsPerWindow: 100, windows: 30);
        rig.Clock.Advance(TimeSpan.FromMinutes(6));

        var judged = (await Grain.JudgeAsync("one"))!;

        Assert.Equal((ExperimentOutcome.Undecided, "UNDECIDED: since the change an instance was watched for 300 s, 600 are needed."), (judged.Outcome, judged.Sentence));
        Assert.Null(judged.DecidedAt);
    }

    /// <summary>It did harm, was taken back, and is looked at afterwards.</summary>
    [Fact]
    public async Task Judge_OfAnInstanceThatHasEndedSince_IsByItsWindows()
    {
        await Grain.StartAsync(Small);
        var instances = new InstanceTable(rig.Catalog.Database);
        await instances.ReplaceAsync("agent", [Instance("old", null), Instance("new", "F00000")], rig.Clock.GetUtcNow());
        await AddAsync("new", rig.DeployedAt.AddSeconds(30), gcsPerWindow: 100);
        await instances.ReplaceAsync("agent", [Instance("old", null)], rig.Clock.GetUtcNow());
        rig.Clock.Advance(TimeSpan.FromMinutes(16));

        var judged = (await Grain.JudgeAsync("one"))!;

        Assert.Equal(ExperimentOutcome.Refuted, judged.Outcome);
        Assert.Equal(["new"], judged.ChangedInstances);
    }

    /// <summary>A pod that was gone after a minute does not choose the hours that are looked at.</summary>
    [Fact]
    public async Task Judge_OfAFirstTryThatEndedAtOnce_IsByTheInstanceThatRanTheNextDay()
    {
        var experiment = (await Grain.StartAsync(Small)).Experiment!;
        var instances = new InstanceTable(rig.Catalog.Database);
        await instances.ReplaceAsync("agent", [Instance("old", null), Instance("tried", "F00000")], rig.Clock.GetUtcNow());
        await AddAsync("tried", rig.DeployedAt.AddSeconds(30), gcsPerWindow: 25, windows: 6);
        await instances.ReplaceAsync("agent", [Instance("old", null)], rig.Clock.GetUtcNow());
        var first = await rig.Service<ExperimentDecision>().JudgeAsync(experiment, rig.DeployedAt.AddHours(1));
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null), Instance("new", "F00000")]);
        await AddAsync("new", rig.DeployedAt.AddHours(24), gcsPerWindow: 25);

        var judged = await rig.Service<ExperimentDecision>().JudgeAsync(first, rig.DeployedAt.AddHours(25));

        Assert.Equal("UNDECIDED: since the change an instance was watched for 60 s, 600 are needed.", first.Sentence);
        Assert.Equal(["tried"], first.ChangedInstances);
        Assert.Equal(ExperimentOutcome.Confirmed, judged.Outcome);
        Assert.Equal(["new"], judged.ChangedInstances);
    }

    /// <summary>A month after its end nobody else knows what it ran with.</summary>
    [Fact]
    public async Task Judge_WhileUndecided_KeepsWhoMadeTheChange()
    {
        await Grain.StartAsync(Small);
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null), Instance("new", "F00000")]);
        await AddAsync("new", rig.DeployedAt.AddSeconds(30), gcsPerWindow: 100, windows: 30);
        rig.Clock.Advance(TimeSpan.FromMinutes(6));
        await Grain.JudgeAsync("one");
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null)]);

        Assert.Equal(["new"], (await Grain.JudgeAsync("one"))!.ChangedInstances);
        Assert.Equal(["new"], Assert.Single(await Grain.ListAsync()).ChangedInstances);
    }

    /// <summary>One that makes it when the first hours after it have passed tells of another time.</summary>
    [Fact]
    public async Task Judge_OfAChangeMadeLongAfterItWasForetold_LooksAtTheHoursAfterTheChange()
    {
        var experiment = (await Grain.StartAsync(Small)).Experiment!;
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null), Instance("new", "F00000"), Instance("again", "F00000")]);
        await AddAsync("new", rig.DeployedAt.AddHours(5), gcsPerWindow: 25);
        await AddAsync("again", rig.DeployedAt.AddHours(10), gcsPerWindow: 25, windows: 3);

        var judged = await rig.Service<ExperimentDecision>().JudgeAsync(experiment, rig.DeployedAt.AddHours(11));

        Assert.Equal(["new"], judged.ChangedInstances);
        Assert.Equal(ExperimentOutcome.Confirmed, judged.Outcome);
        Assert.NotNull(judged.DecidedAt);
    }

    [Fact]
    public async Task Judge_OfMoreInstancesThanItLooksAt_TakesThoseThatChangedFirst()
    {
        var experiment = (await Grain.StartAsync(Small)).Experiment!;
        string[] later = [.. Enumerable.Range(0, 20).Select(number => $"a{number}")];
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null), Instance("new", "F00000"), .. later.Select(id => Instance(id, "F00000"))]);
        await AddAsync("new", rig.DeployedAt.AddSeconds(30), gcsPerWindow: 25);
        foreach (var id in later)
        {
            await AddAsync(id, rig.DeployedAt.AddMinutes(12), gcsPerWindow: 25, windows: 1);
        }

        var judged = await rig.Service<ExperimentDecision>().JudgeAsync(experiment, rig.DeployedAt.AddMinutes(16));

        Assert.Equal((20, "new"), (judged.ChangedInstances.Count, judged.ChangedInstances[0]));
    }

    [Fact]
    public async Task Judge_OfAnInstanceThatHadTheValueBefore_DoesNotCountIt()
    {
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null), Instance("early", "F00000")]);
        await AddAsync("early", rig.DeployedAt.AddMinutes(-10), gcsPerWindow: 25, windows: 120);
        await Grain.StartAsync(Small);
        rig.Clock.Advance(TimeSpan.FromMinutes(12));

        Assert.Empty((await Grain.JudgeAsync("one"))!.ChangedInstances);
    }

    [Fact]
    public async Task Start_OfWhatCannotBeConfirmed_IsRefused()
    {
        Assert.Contains("does not fire", (await Grain.StartAsync(Small with { Rule = "concurrent-off" })).Refusal, StringComparison.Ordinal);
        rig.Service<LiveFleet>().ShowInventory("agent", [Instance("old", null) with { GcMode = "workstation non-concurrent" }]);
        Assert.Contains("Nothing is foretold", (await Grain.StartAsync(Small)).Refusal, StringComparison.Ordinal);
        Assert.Empty(await Grain.ListAsync());
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private static Instance Instance(string id, string? budget) => new()
    {
        InstanceId = id, Service = "shop", Version = "1.0", AgentId = "agent", GcMode = "workstation concurrent", Runtime = ".NET 10.0.12", ProcessorCount = 2,
        GcSettings = budget is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["DOTNET_GCgen0size"] = budget },
    };

    /// <summary>The same load always; only how many collections share it differs.</summary>
    private Task AddAsync(string instance, DateTimeOffset from, int gcsPerWindow, int windows = 90)
    {
        var random = new Random(instance.Length);
        return new TrendTable(rig.Catalog.Database).UpsertAsync(
            [.. Enumerable.Range(0, windows).Select(i =>
            {
                var window = SentWindows.CreateAt(instance, from.AddSeconds(i * 10), 10_000, [.. Enumerable.Range(0, gcsPerWindow).Select(_ => 3 * (0.9 + (0.2 * random.NextDouble())))]);
                window.AllocatedBytes = (long)(Megabytes * 1e7 * (0.97 + (0.06 * random.NextDouble())));
                return ReportedWindow.Read(window, from.AddHours(1))!;
            })],
            [new InstanceOwner { InstanceId = instance, AgentId = "agent", Service = "shop", Version = "1.0" }]);
    }
}

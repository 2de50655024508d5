using System.Globalization;
using Dapper;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Tests.Fleet;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Comparisons;

public abstract class ComparisonGrainTests(CatalogKind kind) : IAsyncLifetime
{
    private readonly ComparisonRig rig = new(kind);

    private ComparisonRequest AfterDeploy => new() { Service = "shop", DueAt = rig.DeployedAt.AddSeconds(45), RequestedBy = "deploy" };

    public async ValueTask InitializeAsync()
    {
        await rig.AddBaselineAsync();
        await rig.KnowVersionAsync("1.1", rig.DeployedAt);
        await rig.StartAsync();
    }

    [Fact]
    public async Task Create_BeforeItsDueTime_IsPendingWithBothSidesAndIdempotent()
    {
        var planned = await rig.Grain("one").CreateAsync(AfterDeploy);
        var again = await rig.Grain("one").CreateAsync(AfterDeploy with { CandidateVersion = "1.0", DueAt = null });

        Assert.Equal(planned, again! with { Metrics = planned!.Metrics });
        Assert.Equal((ComparisonVerdict.Pending, "1.0", "1.1"), (planned.Verdict, planned.Baseline.Version, planned.Candidate.Version));
        Assert.Equal((rig.DeployedAt.AddMinutes(-10), rig.DeployedAt), (planned.Baseline.From, planned.Baseline.To));
        Assert.Equal((rig.DeployedAt, AfterDeploy.DueAt, AfterDeploy.DueAt), (planned.Candidate.From, planned.Candidate.To, planned.DueAt));
        Assert.Equal("one", Assert.Single(await rig.Query.ListAsync("shop", 10)).ComparisonId);
        Assert.Equal("one", (await rig.Query.GetAsync("one"))!.ComparisonId);
    }

    [Fact]
    public async Task Create_WithADueTimeOfAnotherZone_SaysWhenInUtc()
    {
        var planned = (await rig.Grain("one").CreateAsync(AfterDeploy with { DueAt = rig.DeployedAt.AddSeconds(45).ToOffset(TimeSpan.FromHours(5)) }))!;

        var dueAt = rig.DeployedAt.AddSeconds(45).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal($"PENDING: 1.1 is compared with 1.0 at {dueAt} UTC.", planned.Sentence);
    }

    /// <summary>As when a caller sends its key again because the first answer does not come.</summary>
    [Fact]
    public async Task Create_TwiceAtOnce_IsPlannedOnce()
    {
        var plans = await Task.WhenAll(rig.Grain("one").CreateAsync(AfterDeploy), rig.Grain("one").CreateAsync(AfterDeploy with { RequestedBy = "retry" }));

        Assert.Equal(plans[0]! with { Metrics = plans[1]!.Metrics }, plans[1]);
        Assert.Single(await rig.Query.ListAsync("shop", 10));
    }

    [Fact]
    public async Task DueTime_WithALeakAndBoxing_DecidesRegressedByItself()
    {
        await rig.Grain("one").CreateAsync(AfterDeploy with { DeployId = "d1" });
        await rig.AddCandidateAsync(4, WindowKind.LeakAndBoxing);
        Assert.Null(MeasuredVerdict());

        rig.Clock.Advance(TimeSpan.FromSeconds(46));

        var decided = await rig.DecidedAsync("one");
        Assert.Equal(ComparisonVerdict.Regressed, decided.Verdict);
        Assert.Contains("heap after gen2 grew", decided.Sentence, StringComparison.Ordinal);
        Assert.Equal((2, 72, 720L), (decided.Baseline.InstanceCount, decided.Baseline.WindowCount, decided.Baseline.GcCount));
        Assert.Equal((2, 8, 240L), (decided.Candidate.InstanceCount, decided.Candidate.WindowCount, decided.Candidate.GcCount));
        Assert.Equal(ComparisonVerdict.Regressed, decided.Metrics.Single(metric => metric.Metric == "allocation rate").Verdict);
        Assert.Equal(decided.Sentence, (await rig.Grain("one").GetAsync())!.Sentence);
        Assert.Equal(1, MeasuredVerdict());
        await RemindersAreGoneAsync();
    }

    [Fact]
    public async Task Decision_OnceMade_Stays()
    {
        await rig.AddCandidateAsync(12, WindowKind.LeakAndBoxing);
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        var decided = await rig.Grain("one").CreateAsync(AfterDeploy with { DueAt = null });
        Assert.Equal(ComparisonVerdict.Regressed, decided!.Verdict);
        await rig.AddWindowsAsync("1.1", "new-a", rig.DeployedAt, 12, WindowKind.Healthy);

        await rig.Grain("one").CreateAsync(AfterDeploy);

        Assert.Equal(decided.Sentence, (await rig.Query.GetAsync("one"))!.Sentence);
    }

    [Fact]
    public async Task Healthy_WithEnoughWindows_Passes()
    {
        await rig.AddCandidateAsync(60, WindowKind.Healthy);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        var decided = await rig.Grain("one").CreateAsync(new ComparisonRequest { Service = "shop", BaselineVersion = "1.0", CandidateVersion = "1.1" });

        Assert.Equal(ComparisonVerdict.Pass, decided!.Verdict);

        // Somebody asked: that is no verdict on a deploy.
        Assert.Null(MeasuredVerdict());
    }

    /// <summary>A change without a new version: what ran before the time that is asked about is the baseline, not the same windows once more.</summary>
    [Fact]
    public async Task Create_OneVersionFromATimeOn_ComparesWithWhatWasBefore()
    {
        var changed = rig.DeployedAt.AddMinutes(-3);
        await rig.AddWindowsAsync("1.0", "old-a", changed, 18, WindowKind.LeakAndBoxing);
        await rig.AddWindowsAsync("1.0", "old-b", changed, 18, WindowKind.LeakAndBoxing);

        var decided = await rig.Grain("one").CreateAsync(new() { Service = "shop", BaselineVersion = "1.0", CandidateVersion = "1.0", CandidateFrom = changed, CandidateTo = rig.DeployedAt });

        Assert.Equal((ComparisonVerdict.Regressed, changed), (decided!.Verdict, decided.Baseline.To));
        Assert.True(decided.Baseline.From < changed);
    }

    [Fact]
    public async Task Create_OneVersionWithoutTimes_IsNotComparedWithItself()
    {
        var decided = await rig.Grain("one").CreateAsync(new() { Service = "shop", BaselineVersion = "1.0", CandidateVersion = "1.0" });

        Assert.Equal((ComparisonVerdict.Inconclusive, 0), (decided!.Verdict, decided.Baseline.WindowCount));
    }

    [Fact]
    public async Task Create_BaselineFromATimeAfterTheDeploy_IsWhatRanBesideIt()
    {
        await rig.AddCandidateAsync(60, WindowKind.Healthy);
        await rig.AddWindowsAsync("1.0", "old-a", rig.DeployedAt, 60, WindowKind.Healthy);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        var decided = await rig.Grain("one").CreateAsync(new() { Service = "shop", BaselineVersion = "1.0", CandidateVersion = "1.1", BaselineFrom = rig.DeployedAt.AddMinutes(1) });

        Assert.Equal((rig.DeployedAt.AddMinutes(1), decided!.Candidate.To), (decided.Baseline.From, decided.Baseline.To));
        Assert.Equal(decided.Baseline.From, decided.Candidate.From);
        Assert.InRange(decided.Baseline.WindowCount, 40, 60);
    }

    [Fact]
    public async Task DueTime_WithTooFewWindows_WaitsALittleThenSaysSo()
    {
        await rig.Grain("one").CreateAsync(AfterDeploy);
        await rig.AddWindowsAsync("1.1", "new-a", rig.DeployedAt, 2, WindowKind.Healthy);
        rig.Clock.Advance(TimeSpan.FromSeconds(46));
        await rig.Grain("one").CreateAsync(AfterDeploy);

        var waiting = await rig.Grain("one").GetAsync();
        Assert.Equal((ComparisonVerdict.Pending, AfterDeploy.DueAt), (waiting!.Verdict, waiting.DueAt));
        rig.Clock.Advance(TimeSpan.FromSeconds(100));

        var decided = await rig.DecidedAsync("one");
        Assert.Equal((ComparisonVerdict.Inconclusive, "INCONCLUSIVE: too little data: 1.1 has 2 windows, 4 are needed."), (decided.Verdict, decided.Sentence));
    }

    /// <summary>Its pods died in the middle of the soak: what they did before is no pass.</summary>
    [Fact]
    public async Task DueTime_OfACandidateThatEndedLongBefore_IsInconclusiveAndSaysWhenItWasLastSeen()
    {
        var soak = AfterDeploy with { DeployId = "d1", DueAt = rig.DeployedAt.AddMinutes(60) };
        await rig.Grain("one").CreateAsync(soak);
        await rig.AddCandidateAsync(90, WindowKind.Healthy);
        rig.Clock.Advance(TimeSpan.FromMinutes(61));

        // Its agent may only be away.
        Assert.Equal(ComparisonVerdict.Pending, (await rig.Grain("one").CreateAsync(soak))!.Verdict);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        var decided = (await rig.Grain("one").CreateAsync(soak))!;

        var seenTo = rig.DeployedAt.AddMinutes(15).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal((ComparisonVerdict.Inconclusive, $"INCONCLUSIVE: too little data: 1.1 was last seen at {seenTo} UTC, after 25 % of its time, 70 % are needed."), (decided.Verdict, decided.Sentence));
    }

    /// <summary>A due time is not asked for, but an end that is still to come.</summary>
    [Fact]
    public async Task DueTime_OfACandidateThatEndedBeforeTheEndThatWasAskedFor_IsInconclusive()
    {
        var hour = new ComparisonRequest { Service = "shop", BaselineVersion = "1.0", CandidateVersion = "1.1", CandidateTo = rig.DeployedAt.AddMinutes(60) };
        await rig.Grain("one").CreateAsync(hour);
        await rig.AddCandidateAsync(90, WindowKind.Healthy);
        rig.Clock.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal(ComparisonVerdict.Pending, (await rig.Grain("one").CreateAsync(hour))!.Verdict);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        var decided = (await rig.Grain("one").CreateAsync(hour))!;

        Assert.Equal(ComparisonVerdict.Inconclusive, decided.Verdict);
        Assert.EndsWith(" UTC, after 25 % of its time, 70 % are needed.", decided.Sentence, StringComparison.Ordinal);
    }

    /// <summary>Each of its processes lasts not two minutes, and looks well.</summary>
    [Fact]
    public async Task DueTime_OfACandidateInACrashLoop_IsInconclusive()
    {
        var soak = AfterDeploy with { DeployId = "d1", DueAt = rig.DeployedAt.AddMinutes(10) };
        await rig.Grain("one").CreateAsync(soak);
        for (var i = 0; i < 5; i++)
        {
            await rig.AddWindowsAsync("1.1", $"new-{i}", rig.DeployedAt.AddMinutes(2 * i), 11, WindowKind.Healthy);
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(21));
        var decided = (await rig.Grain("one").CreateAsync(soak))!;

        Assert.Equal((ComparisonVerdict.Inconclusive, "INCONCLUSIVE: too little data: 4 of 5 processes of 1.1 ended in its time, more than ran on."), (decided.Verdict, decided.Sentence));
    }

    /// <summary>What somebody asks about afterwards may have ended.</summary>
    [Fact]
    public async Task Create_OfAVersionThatEndedLongAgo_JudgesWhatItDid()
    {
        await rig.AddCandidateAsync(60, WindowKind.LeakAndBoxing);
        rig.Clock.Advance(TimeSpan.FromMinutes(60));

        var decided = await rig.Grain("one").CreateAsync(new() { Service = "shop", BaselineVersion = "1.0", CandidateVersion = "1.1" });

        Assert.Equal(ComparisonVerdict.Regressed, decided!.Verdict);
    }

    /// <summary>A pod of the older version is moved while the canary runs: it was started last, and is nothing new.</summary>
    [Fact]
    public async Task Create_WhileTheOlderVersionStartsAnewBesideACanary_TakesTheCanary()
    {
        await rig.AddWindowsAsync("1.0", "old-c", rig.DeployedAt.AddMinutes(1), 1, WindowKind.Healthy);
        await new InstanceTable(rig.Catalog.Database).ReplaceAsync(
            "agent", [Instances.Of("old-a", "agent", "shop"), Instances.Of("old-c", "agent", "shop"), Instances.Of("new-a", "agent", "shop", "1.1")], rig.Clock.GetUtcNow());

        var planned = (await rig.Grain("one").CreateAsync(new ComparisonRequest { Service = "shop" }))!;

        Assert.Equal(("1.0", "1.1"), (planned.Baseline.Version, planned.Candidate.Version));
    }

    /// <summary>As by a gate that asks as soon as its pipeline has told of the deploy: what it replaces has long passed.</summary>
    [Fact]
    public async Task Create_WhileADeployIsAnnouncedThatNoAgentHasSeen_IsAboutThatOne()
    {
        await rig.AddCandidateAsync(12, WindowKind.Healthy);
        await new InstanceTable(rig.Catalog.Database).ReplaceAsync("agent", [Instances.Of("new-a", "agent", "shop", "1.1"), Instances.Of("new-b", "agent", "shop", "1.1")], rig.Clock.GetUtcNow());
        await rig.AddDeployAsync("d4", "2.0", "1.1", "", rig.DeployedAt.AddMinutes(1));
        rig.Clock.Advance(TimeSpan.FromMinutes(2));

        var decided = (await rig.Grain("one").CreateAsync(new ComparisonRequest { Service = "shop" }))!;

        Assert.Equal(("1.1", "2.0", ComparisonVerdict.Inconclusive), (decided.Baseline.Version, decided.Candidate.Version, decided.Verdict));
        rig.Clock.Advance(TimeSpan.FromHours(1));
        var later = (await rig.Grain("two").CreateAsync(new ComparisonRequest { Service = "shop" }))!;
        Assert.Equal(("1.0", "1.1"), (later.Baseline.Version, later.Candidate.Version));
    }

    /// <summary>It leaks here and is well elsewhere; the last deploy of it was here.</summary>
    [Theory]
    [InlineData("prod")]
    [InlineData(null)]
    public async Task Create_OfAVersionThatRunsElsewhereToo_LooksAtOneEnvironment(string? environment)
    {
        await rig.KnowVersionAsync("1.0", rig.DeployedAt.AddMinutes(-10), "prod");
        await rig.KnowVersionAsync("1.1", rig.DeployedAt.AddDays(-3), "staging");
        await rig.AddDeployAsync("d2", "1.1", "1.0", "prod");
        await rig.AddCandidateAsync(12, WindowKind.LeakAndBoxing);
        await rig.AddWindowsAsync("1.1", "stage-a", rig.DeployedAt, 12, WindowKind.Healthy);
        await rig.AddWindowsAsync("1.1", "stage-b", rig.DeployedAt, 12, WindowKind.Healthy);
        var prod = new[] { ("old-a", "1.0"), ("old-b", "1.0"), ("new-a", "1.1"), ("new-b", "1.1") }.Select(one => Instances.Of(one.Item1, "agent", "shop", one.Item2) with { Environment = "prod" });
        var staging = new[] { "stage-a", "stage-b" }.Select(id => Instances.Of(id, "agent", "shop", "1.1") with { Environment = "staging" });
        await new InstanceTable(rig.Catalog.Database).ReplaceAsync("agent", [.. prod, .. staging], rig.Clock.GetUtcNow());
        rig.Clock.Advance(TimeSpan.FromMinutes(2));

        var decided = (await rig.Grain("one").CreateAsync(new() { Service = "shop", BaselineVersion = "1.0", CandidateVersion = "1.1", Environment = environment }))!;

        Assert.Equal((ComparisonVerdict.Regressed, "prod"), (decided.Verdict, decided.Environment));
        Assert.Equal((rig.DeployedAt, 2, 24), (decided.Candidate.From, decided.Candidate.InstanceCount, decided.Candidate.WindowCount));
    }

    [Fact]
    public async Task Unknown_ServiceOrVersion_IsNull()
    {
        Assert.Null(await rig.Grain("a").CreateAsync(AfterDeploy with { Service = "other" }));
        Assert.Null(await rig.Grain("b").CreateAsync(AfterDeploy with { CandidateVersion = "9.9" }));
        Assert.Null(await rig.Grain("c").CreateAsync(AfterDeploy with { CandidateVersion = "1.0" }));
        Assert.Null(await rig.Grain("d").GetAsync());
        Assert.Null(await rig.Query.GetAsync("a"));
        await RemindersAreGoneAsync();

        // A deploy is told before its first instance is seen.
        Assert.NotNull(await rig.Grain("e").CreateAsync(AfterDeploy with { DeployId = "d1", BaselineVersion = "1.1", CandidateVersion = "1.2" }));
    }

    /// <summary>As by a pipeline that ran once more: the deploy of the same version replaced that version.</summary>
    [Fact]
    public async Task Create_AfterTheSameVersionWasAnnouncedAgain_ComparesItWithTheOneBefore()
    {
        await rig.AddDeployAsync("d2", "1.1", "1.0", "");
        await rig.AddDeployAsync("d3", "1.1", "1.1", "");

        var planned = (await rig.Grain("one").CreateAsync(new ComparisonRequest { Service = "shop" }))!;

        Assert.Equal(("1.0", "1.1"), (planned.Baseline.Version, planned.Candidate.Version));
    }

    /// <summary>It ran in staging for days before it came here.</summary>
    [Fact]
    public async Task Create_OfADeployOfAVersionThatRanElsewhere_LooksAtTheTimesBesideTheDeploy()
    {
        await rig.KnowVersionAsync("1.1", rig.DeployedAt.AddDays(-3), "staging");
        await rig.AddDeployAsync("d2", "1.1", "1.0", "prod");

        var planned = (await rig.Grain("one").CreateAsync(AfterDeploy with { DeployId = "d2", BaselineVersion = "1.0", CandidateVersion = "1.1" }))!;

        Assert.Equal((rig.DeployedAt.AddMinutes(-10), rig.DeployedAt), (planned.Baseline.From, planned.Baseline.To));
        Assert.Equal((rig.DeployedAt, AfterDeploy.DueAt), (planned.Candidate.From, planned.Candidate.To));
    }

    /// <summary>What the older version did before it was replaced says nothing.</summary>
    [Fact]
    public async Task DueTime_OfARollback_WaitsForWindowsAfterIt()
    {
        await rig.AddDeployAsync("d3", "1.0", "1.1", "");
        var back = AfterDeploy with { DeployId = "d3", BaselineVersion = "1.1", CandidateVersion = "1.0" };
        await rig.Grain("one").CreateAsync(back);
        rig.Clock.Advance(TimeSpan.FromSeconds(46));
        Assert.Equal(ComparisonVerdict.Pending, (await rig.Grain("one").CreateAsync(back))!.Verdict);
        await rig.AddWindowsAsync("1.0", "old-a", rig.DeployedAt, 4, WindowKind.Healthy);
        await rig.AddWindowsAsync("1.0", "old-b", rig.DeployedAt, 4, WindowKind.Healthy);

        var decided = (await rig.Grain("one").CreateAsync(back))!;

        Assert.NotNull(decided.DecidedAt);
        Assert.Equal((rig.DeployedAt, 8), (decided.Candidate.From, decided.Candidate.WindowCount));
    }

    [Fact]
    public async Task Kill_WhilePending_DecidesAfterTheRestartWithoutACaller()
    {
        await rig.Grain("one").CreateAsync(AfterDeploy);
        await rig.AddCandidateAsync(5, WindowKind.LeakAndBoxing);
        await rig.KillAsync(TimeSpan.FromSeconds(60));

        await rig.StartAsync(kicksReminders: true);

        var decided = await rig.DecidedAsync("one");
        Assert.Equal(ComparisonVerdict.Regressed, decided.Verdict);
        Assert.Equal(decided.Sentence, (await rig.Grain("one").GetAsync())!.Sentence);
    }

    [Fact]
    public async Task Kill_AfterTheDecisionBeforeItsRow_ListsItAfterTheRestart()
    {
        await rig.AddCandidateAsync(12, WindowKind.LeakAndBoxing);
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        var decided = await rig.Grain("one").CreateAsync(AfterDeploy);
        await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute("DELETE FROM comparisons", transaction: transaction));
        await rig.KillAsync(TimeSpan.FromSeconds(60));
        await rig.StartAsync();

        var again = await rig.Grain("one").CreateAsync(AfterDeploy);

        Assert.Equal(decided!.Sentence, again!.Sentence);
        Assert.Equal(decided.Sentence, Assert.Single(await rig.Query.ListAsync(null, 5)).Sentence);
    }

    public async ValueTask DisposeAsync() => await rig.DisposeAsync();

    private async Task RemindersAreGoneAsync() =>
        Assert.Equal(0, await rig.Catalog.Database.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM reminders")));

    private int? MeasuredVerdict() => rig.Service<VerdictGauge>().Decided().SingleOrDefault(verdict => verdict.Service == "shop")?.Value;
}

public sealed class ComparisonGrainOnSqliteTests() : ComparisonGrainTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class ComparisonGrainOnPostgresTests() : ComparisonGrainTests(CatalogKind.Postgres);

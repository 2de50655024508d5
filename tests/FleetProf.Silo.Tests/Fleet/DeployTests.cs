using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet.Deploys;
using FleetProf.Silo.Tests.Storage;
using Instance = FleetProf.AgentProtocol.Instance;

namespace FleetProf.Silo.Tests.Fleet;

public abstract class DeployTests(CatalogKind kind) : IAsyncLifetime
{
    private FleetRig rig = null!;

    private IServiceGrain Checkout => rig.Grains.GetGrain<IServiceGrain>("checkout");

    public async ValueTask InitializeAsync() => rig = await FleetRig.StartAsync(kind);

    [Fact]
    public async Task Seen_FirstVersion_IsADeployWithoutComparison()
    {
        await SeeAsync("1.0");

        var deploy = (await rig.Query.ListDeploysAsync("checkout", 10)).Single();
        Assert.Equal(("1.0", "", "agent", null), (deploy.Version, deploy.PreviousVersion, deploy.Source, deploy.ComparisonId));
        Assert.Empty(rig.Plans);
    }

    [Fact]
    public async Task Seen_NewVersion_IsComparedWithTheOneBefore()
    {
        await SeeAsync("1.0");
        rig.Clock.Advance(TimeSpan.FromHours(1));
        var startedAt = rig.Clock.GetUtcNow();
        await SeeAsync("1.1");
        await SeeAsync("1.1");

        var plan = rig.NextPlan();

        var deploy = await PlannedAsync("1.1");
        Assert.Equal(("checkout", "1.0", "1.1", "deploy"), (plan.Request.Service, plan.Request.BaselineVersion, plan.Request.CandidateVersion, plan.Request.RequestedBy));
        Assert.Equal((startedAt + rig.Deploys.Soak, deploy.DeployId), (plan.Request.DueAt, plan.Request.DeployId));
        Assert.Equal((plan.ComparisonId, startedAt), (deploy.ComparisonId, deploy.StartedAt));
        Assert.Equal(2, (await rig.Query.ListDeploysAsync(null, 10)).Count);
        Assert.Empty(rig.Plans);
    }

    /// <summary>The canary is started last and taken back, and what served all the time starts nothing anew: it is what the next deploy replaces.</summary>
    [Fact]
    public async Task Seen_AfterACanaryThatWasTakenBack_IsComparedWithWhatStillRuns()
    {
        var stable = Process("1.0", "a", "b");
        var first = await TakeBackCanaryAsync(stable);
        Assert.Equal(("1.0", "2.0"), (first.BaselineVersion, first.CandidateVersion));

        await ShowAsync([.. stable, .. Process("2.1", "d")]);

        Assert.Equal(("1.0", "2.1"), (rig.NextPlan().Request is var next ? next.BaselineVersion : "", next.CandidateVersion));
    }

    /// <summary>As with deployments that stop the old processes first.</summary>
    [Fact]
    public async Task Seen_WhileNothingRuns_IsComparedWithWhatRanLast()
    {
        await TakeBackCanaryAsync(Process("1.0", "a"));
        await ShowAsync([]);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));

        await ShowAsync(Process("2.1", "d"));

        Assert.Equal("1.0", rig.NextPlan().Request.BaselineVersion);
    }

    [Fact]
    public async Task Announce_RestartAfterACanaryThatWasTakenBack_ReplacesNothing()
    {
        await TakeBackCanaryAsync(Process("1.0", "a"), hours: 2);
        var begin = rig.Clock.GetUtcNow();
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await ShowAsync(Process("1.0", "b"));

        Assert.Equal("1.0", (await Checkout.AnnounceDeployAsync(Announcement("1.0", begin))).PreviousVersion);
    }

    [Fact]
    public async Task Seen_DeployThatIsNoticedLate_SoaksFromThen()
    {
        await SeeAsync("1.0");
        rig.Clock.Advance(TimeSpan.FromHours(5));
        await Checkout.SeenAsync([Sighting("1.1", rig.Clock.GetUtcNow().AddHours(-3))]);

        Assert.Equal(rig.Clock.GetUtcNow() + rig.Deploys.Soak, rig.NextPlan().Request.DueAt);
    }

    [Fact]
    public async Task Plan_ComparisonFailsOrKnowsTooLittle_IsTriedAgain()
    {
        rig.Answers.Enqueue(() => throw new TimeoutException("injected"));
        rig.Answers.Enqueue(() => null);
        await SeeAsync("1.0");
        await SeeAsync("1.1");

        var plans = new[] { rig.NextPlan(), await NextPlanLaterAsync(), await NextPlanLaterAsync() };

        Assert.Single(plans.Select(plan => plan.ComparisonId).Distinct());
        Assert.Single(plans.Select(plan => plan.Request.DueAt).Distinct());
        Assert.NotNull((await PlannedAsync("1.1")).ComparisonId);
    }

    [Fact]
    public async Task Plan_SiloLostBeforeItWorked_IsDoneAfterTheRestart()
    {
        rig.Answers.Enqueue(() => throw new TimeoutException("injected"));
        await SeeAsync("1.0");
        await SeeAsync("1.1");
        var lost = rig.NextPlan();

        await rig.RestartAsync();

        var plan = rig.NextPlan();
        Assert.Equal((lost.ComparisonId, lost.Request), (plan.ComparisonId, plan.Request));
        Assert.Equal(plan.ComparisonId, (await PlannedAsync("1.1")).ComparisonId);
        await SeeAsync("1.1");
        Assert.Equal(2, (await rig.Query.ListDeploysAsync("checkout", 10)).Count);
    }

    /// <summary>A connection that is lost in the commit leaves the row and tells of an error: nobody wakes the planner, and the repetition finds nothing new.</summary>
    [Fact]
    public async Task Plan_DeployOfAWriteWhoseAnswerWasLost_IsMadeAllTheSame()
    {
        await SeeAsync("1.0");
        await SeeAsync("1.1");
        rig.NextPlan();
        await PlannedAsync("1.1");
        var now = rig.Clock.GetUtcNow();
        var row = new DeployRow
        {
            DeployId = DeployIds.Deploy("checkout", "", "1.2", null), Service = "checkout", Version = "1.2", PreviousVersion = "1.1",
            StartedAt = now.ToUnixTimeMilliseconds(), SeenAt = now.ToUnixTimeMilliseconds(), ComparisonDueAt = (now + rig.Deploys.Soak).ToUnixTimeMilliseconds(),
        };
        await new DeployTable(rig.Database).SaveAsync("checkout", [new Analysis.Fleet.KnownVersion("", "1.2", now, now)], [row]);

        var plan = await NextPlanLaterAsync();

        Assert.Equal(("1.1", "1.2", row.DeployId), (plan.Request.BaselineVersion, plan.Request.CandidateVersion, plan.Request.DeployId));
        Assert.Equal(plan.ComparisonId, (await PlannedAsync("1.2")).ComparisonId);
    }

    [Fact]
    public async Task List_OfATime_FindsWhatManyNewerDeploysHide()
    {
        var (now, old) = (rig.Clock.GetUtcNow(), rig.Clock.GetUtcNow().AddDays(-10));
        DeployRow[] rows = [Row("old", old), .. Enumerable.Range(0, 150).Select(i => Row($"new{i}", now.AddMinutes(-i)))];
        await new DeployTable(rig.Database).SaveAsync("checkout", [], rows);

        Assert.DoesNotContain(await rig.Query.ListDeploysAsync("checkout", 100), deploy => deploy.DeployId == "old");
        Assert.Equal("old", Assert.Single(await rig.Query.ListDeploysBetweenAsync("checkout", old.AddHours(-1), old.AddHours(1), 100)).DeployId);
        Assert.Equal("old", Assert.Single(await rig.Query.ListDeploysBetweenAsync(null, null, old, 100)).DeployId);
        Assert.Equal("new0", Assert.Single(await rig.Query.ListDeploysBetweenAsync(null, now, null, 100)).DeployId);
        Assert.Equal(100, (await rig.Query.ListDeploysBetweenAsync("checkout", null, null, 100)).Count);

        static DeployRow Row(string id, DateTimeOffset at) => new() { DeployId = id, Service = "checkout", Version = id, StartedAt = at.ToUnixTimeMilliseconds() };
    }

    [Fact]
    public async Task Announce_SameAgain_IsTheSameDeploy()
    {
        var announcement = Announcement("2.0", rig.Clock.GetUtcNow());
        var first = await Checkout.AnnounceDeployAsync(announcement);
        var again = await Checkout.AnnounceDeployAsync(announcement with { FinishedAt = announcement.StartedAt.AddMinutes(3) });
        var other = await Checkout.AnnounceDeployAsync(announcement with { Environment = "staging" });

        Assert.Equal(first.DeployId, again.DeployId);
        Assert.Equal((announcement.StartedAt.AddMinutes(3), "abc", "ci"), (again.FinishedAt, again.Commit, again.Source));
        Assert.NotEqual(first.DeployId, other.DeployId);
        Assert.Equal(2, (await rig.Query.ListDeploysAsync("checkout", 10)).Count);
    }

    [Fact]
    public async Task Announce_AfterTheAgentSawIt_CompletesThatDeploy()
    {
        await SeeAsync("1.0");
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await SeeAsync("1.1");
        var seen = (await rig.Query.ListDeploysAsync("checkout", 1)).Single();

        var announced = await Checkout.AnnounceDeployAsync(Announcement("1.1", rig.Clock.GetUtcNow().AddMinutes(-2)));

        Assert.Equal((seen.DeployId, "1.0", "ci"), (announced.DeployId, announced.PreviousVersion, announced.Source));
        Assert.Equal(seen.DeployId, rig.NextPlan().Request.DeployId);
        Assert.Equal(2, (await rig.Query.ListDeploysAsync("checkout", 10)).Count);
    }

    [Fact]
    public async Task Announce_BeforeTheAgentSeesIt_IsComparedOnceItRuns()
    {
        await SeeAsync("1.0");
        var announced = await Checkout.AnnounceDeployAsync(Announcement("1.1", rig.Clock.GetUtcNow()));
        Assert.Empty(rig.Plans);
        rig.Clock.Advance(TimeSpan.FromHours(2));

        await SeeAsync("1.1");

        var plan = rig.NextPlan();
        Assert.Equal((announced.DeployId, "1.0"), (plan.Request.DeployId, plan.Request.BaselineVersion));
        Assert.Equal(rig.Clock.GetUtcNow() + rig.Deploys.Soak, plan.Request.DueAt);
        Assert.Equal(2, (await rig.Query.ListDeploysAsync("checkout", 10)).Count);
    }

    [Fact]
    public async Task Announce_KnownVersionLater_IsADeployOfItsOwn()
    {
        await SeeAsync("1.0");
        rig.Clock.Advance(TimeSpan.FromHours(3));
        await SeeAsync("1.1");
        rig.NextPlan();
        rig.Clock.Advance(TimeSpan.FromHours(3));

        var rollback = await Checkout.AnnounceDeployAsync(Announcement("1.0", rig.Clock.GetUtcNow()));

        Assert.Equal(("1.0", "1.1"), (rollback.Version, rollback.PreviousVersion));
        Assert.Equal(("1.1", "1.0"), (rig.NextPlan().Request is var request ? request.BaselineVersion : "", request.CandidateVersion));
        Assert.Equal(3, (await rig.Query.ListDeploysAsync("checkout", 10)).Count);
    }

    /// <summary>A pipeline announces at the end of a rollout, when agents have long seen the first processes.</summary>
    [Fact]
    public async Task Announce_RollbackWhoseProcessesWereSeenBefore_ReplacesWhatRan()
    {
        await SeeAsync("1.0");
        rig.Clock.Advance(TimeSpan.FromHours(3));
        await SeeAsync("1.1");
        rig.NextPlan();
        rig.Clock.Advance(TimeSpan.FromHours(3));
        var begin = rig.Clock.GetUtcNow();
        rig.Clock.Advance(TimeSpan.FromSeconds(30));
        await SeeAsync("1.0");

        var rollback = await Checkout.AnnounceDeployAsync(Announcement("1.0", begin));

        Assert.Equal(("1.0", "1.1"), (rollback.Version, rollback.PreviousVersion));
        Assert.Equal(("1.1", "1.0"), (rig.NextPlan().Request is var request ? request.BaselineVersion : "", request.CandidateVersion));
    }

    [Fact]
    public async Task Announce_RestartWhoseProcessesWereSeenBefore_ReplacesNothing()
    {
        await SeeAsync("1.0");
        rig.Clock.Advance(TimeSpan.FromHours(3));
        await SeeAsync("1.1");
        rig.NextPlan();
        rig.Clock.Advance(TimeSpan.FromHours(3));
        var begin = rig.Clock.GetUtcNow();
        rig.Clock.Advance(TimeSpan.FromSeconds(30));
        await SeeAsync("1.1");

        Assert.Equal("1.1", (await Checkout.AnnounceDeployAsync(Announcement("1.1", begin))).PreviousVersion);
    }

    [Fact]
    public async Task Announce_ForTheFarFuture_IsComparedWithinAWeek()
    {
        await SeeAsync("1.0");
        rig.Clock.Advance(TimeSpan.FromHours(3));
        await SeeAsync("1.1");
        rig.NextPlan();

        await Checkout.AnnounceDeployAsync(Announcement("1.0", DateTimeOffset.MaxValue));

        Assert.InRange(rig.NextPlan().Request.DueAt!.Value - rig.Clock.GetUtcNow(), TimeSpan.FromDays(7), TimeSpan.FromDays(8));
    }

    [Fact]
    public void Options_OutOfRange_AreAllNamed() => Assert.Equal(
        3, new DeployOptions { Soak = TimeSpan.Zero, RetryDelay = TimeSpan.Zero, GiveUpAfter = TimeSpan.Zero }.Problems().Count(problem => problem.StartsWith("FleetProf:Deploys:", StringComparison.Ordinal)));

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private static DeployAnnouncement Announcement(string version, DateTimeOffset startedAt) =>
        new() { Service = "checkout", Version = version, StartedAt = startedAt, Commit = "abc", Source = "ci" };

    private static ServiceSighting Sighting(string version, DateTimeOffset startedAt) => new() { InstanceId = $"i-{version}", Version = version, StartedAt = startedAt };

    /// <summary>Processes of "checkout" that start now.</summary>
    private Instance[] Process(string version, params string[] ids) => [.. ids.Select(id => FleetRig.Process(id, version, startedMinutesAgo: 0, clock: rig.Clock))];

    /// <summary>The agent tells that these run and no others.</summary>
    private Task ShowAsync(Instance[] running) => rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(running));

    /// <summary>2.0 runs beside these for some hours, and an hour has passed without it. Returns what it was planned to be compared with.</summary>
    private async Task<Contracts.Comparisons.ComparisonRequest> TakeBackCanaryAsync(Instance[] stable, double hours = 1)
    {
        await rig.Intake.AgentAttachedAsync("agent1", "s1");
        await ShowAsync(stable);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await ShowAsync([.. stable, .. Process("2.0", "c")]);
        var plan = rig.NextPlan();
        rig.Clock.Advance(TimeSpan.FromHours(hours));
        await ShowAsync(stable);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        return plan.Request;
    }

    private Task SeeAsync(string version) => Checkout.SeenAsync([Sighting(version, rig.Clock.GetUtcNow())]);

    /// <summary>Time passes until the planner has tried again; it may not wait yet when its last try has only just returned.</summary>
    private async Task<(string ComparisonId, Contracts.Comparisons.ComparisonRequest Request)> NextPlanLaterAsync()
    {
        (string, Contracts.Comparisons.ComparisonRequest) plan;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!rig.Plans.TryTake(out plan))
        {
            rig.Clock.Advance(rig.Deploys.RetryDelay);
            await Task.Delay(20, limit.Token);
        }

        return plan;
    }

    /// <summary>The deploy once its comparison is noted, which follows the comparison's answer.</summary>
    private async Task<Deploy> PlannedAsync(string version)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var deploy = (await rig.Query.ListDeploysAsync("checkout", 10)).First(candidate => candidate.Version == version);
            if (deploy.ComparisonId is not null)
            {
                return deploy;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}

public sealed class DeployOnSqliteTests() : DeployTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class DeployOnPostgresTests() : DeployTests(CatalogKind.Postgres);

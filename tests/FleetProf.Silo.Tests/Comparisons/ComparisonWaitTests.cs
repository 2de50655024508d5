using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Tests.Comparisons;

/// <summary>What a comparison makes of windows that come late, and of more processes than it reads windows of.</summary>
public sealed class ComparisonWaitTests : IAsyncLifetime
{
    private readonly ComparisonRig rig = new();

    private ComparisonRequest Soak => new() { Service = "shop", DeployId = "d1", DueAt = rig.DeployedAt.AddMinutes(10), RequestedBy = "deploy" };

    public async ValueTask InitializeAsync()
    {
        await rig.AddBaselineAsync();
        await rig.KnowVersionAsync("1.1", rig.DeployedAt);
        await rig.StartAsync();
    }

    [Fact]
    public async Task Kill_PastTheWait_DecidesByWhatAgentsKeptMeanwhile()
    {
        await rig.Grain("one").CreateAsync(Soak);
        await SendAsync(minutes: 0..5);
        await rig.KillAsync(TimeSpan.FromMinutes(25));
        await rig.StartAsync(kicksReminders: true);

        Assert.Equal(ComparisonVerdict.Pending, (await rig.Grain("one").CreateAsync(Soak))!.Verdict);
        await SendAsync(minutes: 5..10);
        var decided = (await rig.Grain("one").CreateAsync(Soak))!;

        Assert.Equal((ComparisonVerdict.Pass, 60), (decided.Verdict, decided.Candidate.WindowCount));
    }

    /// <summary>The silo ran on: that its database was away it knows by what failed.</summary>
    [Fact]
    public async Task DatabaseAway_PastTheWait_DecidesByWhatAgentsKeptMeanwhile()
    {
        await rig.Grain("one").CreateAsync(Soak);
        await SendAsync(minutes: 0..5);
        rig.IsDatabaseAway = true;
        rig.Clock.Advance(TimeSpan.FromMinutes(25));
        await Assert.ThrowsAnyAsync<Exception>(() => rig.Grain("one").CreateAsync(Soak));
        rig.IsDatabaseAway = false;

        Assert.Equal(ComparisonVerdict.Pending, (await rig.Grain("one").CreateAsync(Soak))!.Verdict);
        await SendAsync(minutes: 5..10);
        var decided = (await rig.Grain("one").CreateAsync(Soak))!;

        Assert.Equal((ComparisonVerdict.Pass, 60), (decided.Verdict, decided.Candidate.WindowCount));
    }

    /// <summary>What agents kept does not come for ever.</summary>
    [Fact]
    public async Task Kill_PastTheWait_WaitsForTwoMinutesMore()
    {
        await rig.Grain("one").CreateAsync(Soak);
        await SendAsync(minutes: 0..5);
        await rig.KillAsync(TimeSpan.FromMinutes(25));
        await rig.StartAsync(kicksReminders: true);
        Assert.Equal(ComparisonVerdict.Pending, (await rig.Grain("one").CreateAsync(Soak))!.Verdict);

        rig.Clock.Advance(TimeSpan.FromMinutes(3));
        var decided = (await rig.Grain("one").CreateAsync(Soak))!;

        Assert.Equal((ComparisonVerdict.Inconclusive, 30), (decided.Verdict, decided.Candidate.WindowCount));
    }

    /// <summary>The silo was away until after the soak, and with it whoever plans.</summary>
    [Fact]
    public async Task Create_OfADeployWhoseSoakIsOver_DecidesByWhatAgentsKeptMeanwhile()
    {
        await SendAsync(minutes: 0..5);
        rig.Clock.Advance(TimeSpan.FromMinutes(25));

        Assert.Equal(ComparisonVerdict.Pending, (await rig.Grain("one").CreateAsync(Soak))!.Verdict);
        await SendAsync(minutes: 5..25);
        var decided = (await rig.Grain("one").CreateAsync(Soak))!;

        Assert.Equal((ComparisonVerdict.Pass, 150), (decided.Verdict, decided.Candidate.WindowCount));
    }

    /// <summary>It ran until its soak was over, and was rolled back while the silo was away.</summary>
    [Fact]
    public async Task Create_OfADeployWhoseSoakIsOverAndThatHasEndedSince_IsJudgedByItsSoak()
    {
        await SendAsync(minutes: 0..10);
        rig.Clock.Advance(TimeSpan.FromMinutes(25));
        await rig.Grain("one").CreateAsync(Soak);

        rig.Clock.Advance(TimeSpan.FromMinutes(3));
        var decided = (await rig.Grain("one").CreateAsync(Soak))!;

        Assert.Equal((ComparisonVerdict.Pass, 60), (decided.Verdict, decided.Candidate.WindowCount));
    }

    /// <summary>As many ended as run on. Of the 64 that are drawn by this id 36 have ended.</summary>
    [Fact]
    public async Task DueTime_OfManyInstancesThatAllRestartedOnce_IsJudged()
    {
        var soak = Soak with { DueAt = rig.DeployedAt.AddMinutes(3) };
        await rig.Grain("many").CreateAsync(soak);
        for (var i = 100; i < 200; i++)
        {
            await rig.AddWindowsAsync("1.1", $"a-{i}", rig.DeployedAt, 9, WindowKind.Healthy);
            await rig.AddWindowsAsync("1.1", $"b-{i}", rig.DeployedAt.AddSeconds(90), 9, WindowKind.Healthy);
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        var decided = (await rig.Grain("many").CreateAsync(soak))!;

        Assert.Equal((ComparisonVerdict.Pass, 64), (decided.Verdict, decided.Candidate.InstanceCount));
    }

    public async ValueTask DisposeAsync() => await rig.DisposeAsync();

    /// <summary>Windows of the new version from one minute after the deploy to another, of one process, so that they are there all at once.</summary>
    private Task SendAsync(Range minutes) => rig.AddWindowsAsync(
        "1.1", "new-a", rig.DeployedAt.AddMinutes(minutes.Start.Value), (minutes.End.Value - minutes.Start.Value) * 6, WindowKind.Healthy);
}

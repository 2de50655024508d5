using FleetProf.Contracts.Budgets;
using FleetProf.Silo.Tests.Campaigns;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Budgets;

public sealed class ServiceBudgetGrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly SteppedClock clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public ServiceBudgetGrainTests() => rig = new CampaignRig(clock: clock);

    private IServiceBudgetGrain Budget => rig.Budget();

    public async ValueTask InitializeAsync() => await rig.StartAsync();

    [Fact]
    public async Task Places_AreBoundedGivenBackAndFreedByTime()
    {
        Assert.True(await Budget.TryAcquireAsync("c1", 2, Minute));
        Assert.True(await Budget.TryAcquireAsync("c2", 2, Minute * 2));
        Assert.False(await Budget.TryAcquireAsync("c3", 2, Minute));
        Assert.True(await rig.Budget("other").TryAcquireAsync("c3", 1, Minute));

        clock.Advance(Minute);
        Assert.True(await Budget.TryAcquireAsync("c3", 2, Minute));
        Assert.False(await Budget.TryAcquireAsync("c1", 2, Minute));

        await Budget.ReleaseAsync("unknown");
        await Budget.ReleaseAsync("c2");
        Assert.True(await Budget.TryAcquireAsync("c1", 2, Minute));
    }

    [Fact]
    public async Task Places_ForManyAtOnce_GoInOrderByOneWrite()
    {
        var writes = 0;
        rig.NextWrite = _ =>
        {
            writes++;
            return ChaosStorage.Fault.None;
        };

        Assert.Equal(["c1", "c2", "c3"], await Budget.AcquireAllAsync(["c1", "c2", "c3", "c4", "c5"], 3, Minute));
        Assert.Equal(["c3"], await Budget.AcquireAllAsync(["c4", "c3"], 3, Minute));
        await Budget.ReleaseAllAsync(["c2", "unknown", "c1"]);

        Assert.Equal(2, writes);
        Assert.Equal(["c4", "c5"], await Budget.AcquireAllAsync(["c4", "c5", "c1"], 3, Minute));
    }

    /// <summary>The place of attempt 3 was taken by a silo that the cluster had given up, and that could not store what came of it.</summary>
    [Fact]
    public async Task Acquire_OfALaterAttempt_TakesThePlaceOfAnEarlierOneOfItsCapture()
    {
        Assert.True(await Budget.TryAcquireAsync("c1#3", 1, Minute));
        Assert.False(await Budget.TryAcquireAsync("c11#4", 1, Minute));

        Assert.True(await Budget.TryAcquireAsync("c1#10", 1, Minute));

        Assert.False(await Budget.TryAcquireAsync("c1#3", 1, Minute));
        await Budget.ReleaseAsync("c1#3");
        Assert.False(await Budget.TryAcquireAsync("c2#1", 1, Minute));
        await Budget.ReleaseAsync("c1#10");
        Assert.True(await Budget.TryAcquireAsync("c2#1", 1, Minute));
    }

    [Fact]
    public async Task Acquire_Repeated_ExtendsAndNeverShortens()
    {
        await Budget.TryAcquireAsync("c1", 1, Minute);
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.True(await Budget.TryAcquireAsync("c1", 1, Minute));
        Assert.True(await Budget.TryAcquireAsync("c1", 1, TimeSpan.FromSeconds(1)));
        clock.Advance(TimeSpan.FromSeconds(50));

        Assert.False(await Budget.TryAcquireAsync("c2", 1, Minute));
    }

    [Fact]
    public async Task Places_WallClockSetForward_AreTakenAsLongAsBefore()
    {
        await Budget.TryAcquireAsync("c1", 1, Minute);
        clock.StepForward();
        Assert.False(await Budget.TryAcquireAsync("c2", 1, Minute));

        clock.Advance(Minute);
        Assert.True(await Budget.TryAcquireAsync("c2", 1, Minute));
    }

    [Fact]
    public async Task Places_WallClockSetBack_AreTakenNoLonger()
    {
        await Budget.TryAcquireAsync("c1", 1, Minute);
        clock.StepBack();
        clock.Advance(Minute);

        Assert.True(await Budget.TryAcquireAsync("c2", 1, Minute));
    }

    [Fact]
    public async Task Places_AfterARestart_AreStillTaken()
    {
        await Budget.TryAcquireAsync("c1", 1, Minute);
        await rig.KillAsync();
        await rig.StartAsync();

        Assert.False(await Budget.TryAcquireAsync("c2", 1, Minute));
        Assert.True(await Budget.TryAcquireAsync("c1", 1, Minute));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Acquire_WhoseWriteFails_TellsAndStaysRight(bool isCommitted)
    {
        var fault = isCommitted ? ChaosStorage.Fault.AfterCommit : ChaosStorage.Fault.BeforeCommit;
        rig.NextWrite = _ => fault;
        await Assert.ThrowsAnyAsync<Exception>(() => Budget.TryAcquireAsync("c1", 1, Minute));
        fault = ChaosStorage.Fault.None;

        Assert.Equal(!isCommitted, await Budget.TryAcquireAsync("c2", 1, Minute));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();
}

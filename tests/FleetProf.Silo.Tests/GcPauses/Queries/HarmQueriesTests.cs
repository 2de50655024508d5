using FleetProf.AgentProtocol;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

/// <summary>What pauses cost now.</summary>
public sealed class HarmQueriesTests : IDisposable
{
    private readonly TrendRig rig = new();

    /// <summary>As a job or a crash loop that starts again every twenty seconds.</summary>
    [Fact]
    public async Task Instances_ThatFollowEachOtherWithinAMinute_AreOneAtATime()
    {
        rig.ShowInventory("agent", "a", "b", "c");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 3), Create("a", 1, 3), Create("b", 2, 3), Create("b", 3, 3), Create("c", 4, 3), Create("c", 5, 3)));
        await RollAtAsync(TimeSpan.FromMinutes(2));

        var harm = Assert.Single(await rig.Harm.ListAsync(10));

        // Six pauses of 3 ms in the one minute that there was.
        Assert.Equal(1, harm.InstanceCount);
        Assert.Equal(1_080.0, harm.PauseMsPerHour, 6);
        Assert.Equal(1_080.0, harm.HarmMsPerHour, 6);
    }

    [Fact]
    public async Task Instances_ThatRunBesideEachOther_AreAllCounted()
    {
        rig.ShowInventory("agent", "a", "b", "c");
        await rig.AcceptAsync("agent", Batch([.. WholeMinute("a"), .. WholeMinute("b"), .. WholeMinute("c")]));
        await RollAtAsync(TimeSpan.FromMinutes(2));

        var harm = Assert.Single(await rig.Harm.ListAsync(10));

        Assert.Equal(3, harm.InstanceCount);
        Assert.Equal(1_080.0, harm.PauseMsPerHour, 6);
        Assert.Equal(3_240.0, harm.HarmMsPerHour, 6);
    }

    [Fact]
    public async Task Instance_ThatBeganAtTheEndOfTheMinute_IsOne()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(Create("a", 5, 3)));
        await RollAtAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(1, Assert.Single(await rig.Harm.ListAsync(10)).InstanceCount);
    }

    /// <summary>The list is empty though there were pauses: whoever asks must be able to tell.</summary>
    [Fact]
    public async Task Until_WindowsStoredAndNotRolledUp_IsTheEndOfWhatTheListKnows()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(1, Create("a", 0, 3)));
        Assert.Empty(await rig.Harm.ListAsync(10));
        Assert.Null(await rig.Harm.ReadUntilAsync());

        await RollAtAsync(TimeSpan.FromMinutes(2));
        rig.Clock.SetUtcNow(Noon.AddMinutes(30));
        await rig.AcceptAsync("agent", Batch(2, Create("a", 28 * 6, 900)));
        Assert.Empty(await rig.Harm.ListAsync(10));
        Assert.Equal(Noon.AddMinutes(1), await rig.Harm.ReadUntilAsync());

        await RollAtAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(900, Assert.Single(await rig.Harm.ListAsync(10)).MaxPauseMs);
        Assert.Equal(Noon.AddMinutes(29), await rig.Harm.ReadUntilAsync());
    }

    public void Dispose() => rig.Dispose();

    private static IEnumerable<VitalsWindow> WholeMinute(string instance) => Enumerable.Range(0, 6).Select(index => Create(instance, index, 3));

    private Task RollAtAsync(TimeSpan sinceNoon)
    {
        rig.Clock.SetUtcNow(Noon + sinceNoon);
        return rig.Roller.RollAsync();
    }
}

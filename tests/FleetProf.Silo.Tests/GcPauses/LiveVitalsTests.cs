using FleetProf.Silo.GcPauses;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses;

/// <summary>Agents that leave this silo and come back.</summary>
public sealed class LiveVitalsTests : IDisposable
{
    private readonly TrendRig rig = new();

    [Fact]
    public async Task GcCount_AfterTheAgentWasAtAnotherSilo_IsThatOfAllItsWindows()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 1), Create("one", 1, 1)));
        var left = rig.Fleet.Find("one")!;
        rig.Fleet.ShowUnreachable("agent");
        rig.Fleet.ShowOthers("the-other", new() { Version = 1, IsFull = true, Changed = [left] });
        await rig.Table.UpsertAsync(
            [.. Enumerable.Range(2, 4).Select(index => ReportedWindow.Read(Create("one", index, 1), Noon)!)],
            [new InstanceOwner { InstanceId = "one", AgentId = "agent", Service = "shop", Version = "1.0" }]);
        rig.ShowInventory("agent", "one");

        await rig.AcceptAsync("agent", Batch(Create("one", 6, 1)));

        Assert.Equal(7, rig.VitalsOf("one")!.GcCount);
        await rig.AcceptAsync("agent", Batch(Create("one", 7, 1)));
        Assert.Equal(8, rig.VitalsOf("one")!.GcCount);
    }

    /// <summary>An agent that loses windows must not cost a question for each that it keeps.</summary>
    [Fact]
    public async Task CountedBefore_OfAnAgentThatStays_AsksNothingUntilItWasAway()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(Create("one", 0, 1)));
        await rig.AcceptAsync("agent", Batch(Create("one", 4, 1)));
        rig.ShowInventory("agent", "one", "two");
        Assert.Empty(await rig.Live.CountedBeforeAsync(["one"], CancellationToken.None));

        rig.Fleet.ShowUnreachable("agent");
        rig.ShowInventory("agent", "one");

        Assert.Equal(Noon.AddSeconds(40).ToUnixTimeMilliseconds(), Assert.Single(await rig.Live.CountedBeforeAsync(["one"], CancellationToken.None)).Value);
    }

    /// <summary>What an agent goes on to send of it would otherwise hold memory for as long as the agent likes.</summary>
    [Fact]
    public async Task Forget_AnInstanceThatEndedAndStillHasWindows_FreesItsMinute()
    {
        rig.ShowInventory("agent", "one");
        await rig.AcceptAsync("agent", Batch(1, Create("one", 0, 1)));
        rig.ShowInventory("agent");
        rig.Clock.Advance(TimeSpan.FromMinutes(3));
        await rig.AcceptAsync("agent", Batch(2, Create("one", 1, 1)));

        rig.Live.Forget();

        Assert.Equal(0, rig.Live.Count);
    }

    public void Dispose() => rig.Dispose();
}

using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Control;

public class ControlOutboxTests
{
    private readonly ControlOutbox outbox = new();

    [Fact]
    public void Frame_WithoutSession_IsNotTaken()
    {
        Assert.False(outbox.TrySend(new AgentFrame()));
        outbox.Open();
        Assert.True(outbox.TrySend(new AgentFrame()));
        outbox.Close();
        Assert.False(outbox.TrySend(new AgentFrame()));
        Assert.False(outbox.TryTakeFrame(out _));
    }

    [Fact]
    public void Frames_Many_AreRefusedInsteadOfPiledUp()
    {
        outbox.Open();
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => outbox.TrySend(new AgentFrame())), 100, 1000);
    }

    [Fact]
    public void Previews_OfOneInstance_OnlyTheLatestIsSent()
    {
        outbox.Show([new VitalsWindow { InstanceId = "a", WindowStartUnixMs = 1 }]);
        outbox.Open();
        Assert.Null(outbox.TakePreviews());
        outbox.Show([new VitalsWindow { InstanceId = "a", WindowStartUnixMs = 2 }, new VitalsWindow { InstanceId = "b", WindowStartUnixMs = 2 }]);
        outbox.Show([new VitalsWindow { InstanceId = "a", WindowStartUnixMs = 3 }]);
        var batch = outbox.TakePreviews();
        Assert.Equal(0UL, batch!.Sequence);
        Assert.Equal([("a", 3L), ("b", 2)], batch.Windows.Select(window => (window.InstanceId, window.WindowStartUnixMs)).Order());
        Assert.Null(outbox.TakePreviews());
    }

    [Fact]
    public async Task Wait_AfterASignal_ReturnsOnceAndThenWaits()
    {
        outbox.Signal();
        await outbox.WaitAsync(CancellationToken.None);
        var second = outbox.WaitAsync(CancellationToken.None);
        Assert.False(second.IsCompleted);
        outbox.Signal();
        await second;
    }

    [Fact]
    public void Inventory_IsDueWithEverySession()
    {
        outbox.Open();
        Assert.True(outbox.TakeInventoryMark());
        Assert.False(outbox.TakeInventoryMark());
        outbox.MarkInventory();
        Assert.True(outbox.TakeInventoryMark());
    }
}

using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Control;

public class ControlOutboxTests
{
    private readonly FakeTimeProvider time = new();
    private readonly ControlOutbox outbox;

    public ControlOutboxTests() => outbox = new ControlOutbox(time);

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
    public void Previews_AtAPaceOfTheSilo_AreTakenSoOftenUntilTheSessionEnds()
    {
        outbox.Open();
        outbox.SetPace(TimeSpan.FromSeconds(5));

        Assert.Equal([true, false, false, false, false, true, false, false, false, false, true, false], Enumerable.Range(0, 12).Select(_ => IsTaken()));
        outbox.Close();
        outbox.Open();
        Assert.Equal([true, true, true], Enumerable.Range(0, 3).Select(_ => IsTaken()));

        bool IsTaken()
        {
            outbox.Show([new VitalsWindow { InstanceId = "a" }]);
            var isTaken = outbox.TakePreviews() is not null;
            time.Advance(TimeSpan.FromSeconds(1));
            return isTaken;
        }
    }

    [Fact]
    public void Previews_OfLargeWindows_GoInFramesThatASiloTakes()
    {
        outbox.Open();
        outbox.Show([.. Enumerable.Range(0, 60).Select(i => new VitalsWindow { InstanceId = $"{i:00}", Pauses = { new PauseSketch { Sketch = ByteString.CopyFrom(new byte[100_000]) } } })]);

        var taken = new List<VitalsBatch>();
        while (outbox.TakePreviews() is { } batch) taken.Add(batch);

        Assert.All(taken, batch => Assert.InRange(new AgentFrame { Vitals = batch }.CalculateSize(), 1, 4 << 20));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{i:00}"), taken.SelectMany(batch => batch.Windows).Select(window => window.InstanceId).Order());
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

using CsCheck;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

public class GcEventDecoderTests
{
    private static readonly DateTime SyncTime = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Collection_AsTheRuntimeWritesIt_IsDecoded()
    {
        var collection = PauseCollection.Read(new WrittenGcs(SyncTime, 0).Collection(3, 5_000_000).ToArray());
        var gc = Assert.Single(collection.Gcs);
        Assert.Equal((3, 10.0, 1.0, true), (gc.Number, gc.PauseMs, gc.SuspendMs, gc.HasStatistics));
        Assert.Equal(0, collection.MalformedEvents);
    }

    [Fact]
    public void OtherProvider_SameEventId_IsNoCollection() =>
        Assert.Empty(PauseCollection.Read(new WrittenGcs(SyncTime, 0).Event(500, 5, new byte[26]).ToArray()).Gcs);

    [Fact]
    public void Payloads_TooShort_AreCountedAndLeftOut()
    {
        var script = new WrittenGcs(SyncTime, 0);
        foreach (var id in new[] { 1, 2, 4, 9, 204 }) script.Event(id, id, [1, 0]);
        var collection = PauseCollection.Read(script.Collection(1, 5_000_000).ToArray());
        Assert.Equal(5, collection.MalformedEvents);
        Assert.Single(collection.Gcs);
    }

    [Fact]
    public void Payloads_Random_NeverThrow() =>
        Gen.Select(Gen.Int[0, 8].Select(i => new[] { 1, 2, 3, 4, 7, 8, 9, 39, 204 }[i]), Gen.Long[-10, 1_000], Gen.Byte.Array[0, 500]).Array[1, 30].Sample(events =>
        {
            var script = new WrittenGcs(SyncTime, 0);
            foreach (var (id, ticks, payload) in events) script.Event(id, ticks, payload);
            PauseCollection.Read(script.ToArray());
        }, iter: 2_000);
}

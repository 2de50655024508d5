using System.Buffers.Binary;
using CsCheck;
using FleetProf.Measures.GcPauses;
using FleetProf.TestKit.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses.Events;

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
        foreach (var id in new[] { 1, 2, 4, 9, 202, 204, 205 }) script.Event(id, id, [1, 0]);
        var collection = PauseCollection.Read(script.Collection(1, 5_000_000).ToArray());
        Assert.Equal(7, collection.MalformedEvents);
        Assert.Single(collection.Gcs);
    }

    [Fact]
    public void Payloads_Random_NeverThrow() =>
        Gen.Select(Gen.Int[0, 11].Select(i => new[] { 1, 2, 3, 4, 7, 8, 9, 35, 39, 202, 204, 205 }[i]), Gen.Long[-10, 1_000], Gen.Byte.Array[0, 500]).Array[1, 30].Sample(events =>
        {
            var script = new WrittenGcs(SyncTime, 0);
            foreach (var (id, ticks, payload) in events) script.Event(id, ticks, payload);
            PauseCollection.Read(script.ToArray());
        }, iter: 2_000);

    [Fact]
    public void Loss_OnTheThreadOfACollection_MissesItRatherThanMeasuringToTheNextOnesEnd()
    {
        // Lost: the restart of 1 and everything of 2 but its restart. By state alone, 2's restart would end 1.
        var script = new WrittenGcs(SyncTime, 0);
        var start = new byte[26];
        BinaryPrimitives.WriteInt32LittleEndian(start, 1);
        script.Event(9, 0, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Event(8, 1_000_000, []).Event(1, 2_000_000, start).Event(2, 3_000_000, start[..10])
            .Lose(7).Event(7, 90_000_000, []).Event(3, 91_000_000, []);
        var collection = PauseCollection.Read(script.Collection(3, 100_000_000).ToArray());
        Assert.Equal([3], collection.Gcs.Select(gc => gc.Number));
        Assert.Equal(2, collection.Missed);
    }

    [Fact]
    public void Loss_FoundAtASequencePoint_MissesWhatIsUnderWay()
    {
        var script = new WrittenGcs(SyncTime, 0);
        var start = new byte[26];
        BinaryPrimitives.WriteInt32LittleEndian(start, 1);
        var bytes = script.Event(9, 0, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Event(8, 1_000_000, []).Event(1, 2_000_000, start).Lose(3).ToArray();
        var collection = PauseCollection.Read(bytes);
        Assert.Empty(collection.Gcs);
        Assert.Equal(1, collection.Missed);
    }

    [Fact]
    public void GlobalHistory_OfACompactingCollection_TellsPhasesAndConditions()
    {
        var payload = new byte[50 + 8 * 4];
        void Write(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(offset), value);
        Write(8, 4);
        Write(24, 2);
        Write(34, 93);
        Write(42, 1 << 9);
        Write(46, 8);
        for (var i = 0; i < 8; i++) Write(50 + i * 4, (i + 1) * 1_000);
        var start = new byte[26];
        BinaryPrimitives.WriteInt32LittleEndian(start, 1);
        var collection = PauseCollection.Read(new WrittenGcs(SyncTime, 0)
            .Event(9, 0, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Event(8, 1, []).Event(1, 2, start).Event(205, 3, payload).Event(2, 4, start[..10]).Event(7, 5, []).Event(3, 6, []).ToArray());
        var global = Assert.Single(collection.Gcs).Global;
        Assert.Equal(new GlobalHistory(4, CondemnReasons.FragmentedGen2HighMemory, true, 93, new GcPhases(15, 4, 6, 7, 8, 0)), global);
    }
}

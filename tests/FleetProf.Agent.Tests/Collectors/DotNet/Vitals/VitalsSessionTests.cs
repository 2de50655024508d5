using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;
using FleetProf.TestKit.Traces;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

public class VitalsSessionTests
{
    private const int Targets = 8;
    private const int PieceBytes = 16 * 1024;

    [Fact]
    public void Streams_OfHostileTargets_KeepLittleMemory()
    {
        var trace = Hostile();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var target = 0; target < Targets; target++)
        {
            var reader = VitalsSession.ReaderOf(new Nobody(), out var sorter);
            for (var start = 0; start < trace.Length; start += PieceBytes) reader.Read(trace.AsSpan(start, Math.Min(PieceBytes, trace.Length - start)));
            Assert.Equal(0, sorter.HeldEvents);
        }
        // What grows to twice its size each time has been allocated twice at most.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 2, 0, 16 << 20);
    }

    /// <summary>Large payloads under the name of a collection's event, many events in the wrong order, many threads; each within the format.</summary>
    private static byte[] Hostile()
    {
        var writer = new NettraceWriter(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), 0).EventType(1, GcEventDecoder.Provider, 204).EventType(2, GcEventDecoder.Provider, 3);
        var payload = new byte[60_000];
        var sequence = 0u;
        for (var block = 0; block < 24; block++) writer.Events(true, [.. Enumerable.Range(0, 6).Select(i => new WrittenEvent(1, i, 7, ++sequence, payload))]);
        writer.Events(true, [.. Enumerable.Range(0, 20_000).Select(i => new WrittenEvent(2, -i, 7, ++sequence, []))]);
        return writer.SequencePoint(0, [.. Enumerable.Range(1, 40_000).Select(thread => ((long)thread, 1u))]).ToArray();
    }

    private sealed class Nobody : INettraceSink
    {
        public void OnEvent(in NettraceEvent traceEvent)
        {
        }
    }
}

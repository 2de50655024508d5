using FleetProf.Analysis.Heaps;
using FleetProf.Analyzer.Heaps;
using FleetProf.Analyzer.Tests.Nettrace;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Analyzer.Tests.Heaps;

/// <summary>A walk of two objects, each in a block of its own: the first refers to the second, the second to both.</summary>
public sealed class HeapWalkTests
{
    private const int GcStart = 1;
    private const int GcStop = 2;
    private const int BulkNode = 18;
    private const int BulkEdge = 19;
    private const long FirstObject = 8;
    private const long SecondObject = 16;

    [Fact]
    public void Walk_WithEveryBlock_GivesEachObjectItsReferences()
    {
        var graph = Walk();

        Assert.Equal([1], graph.References(0).ToArray());
        Assert.Equal([0, 1], graph.References(1).ToArray());
        Assert.Null(graph.Completeness.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Walk_WithABlockMissing_GivesNoReferencesBehindIt(bool isOfObjects)
    {
        var graph = isOfObjects ? Walk(secondNodes: 2) : Walk(secondEdges: 2);

        Assert.Equal([1], graph.References(0).ToArray());
        Assert.Empty(graph.References(1).ToArray());
        Assert.Equal("1 blocks of heap events are missing; 2 references are missing", graph.Completeness.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Walk_WithABlockThatEndsEarly_GivesNoReferencesBehindIt(bool isOfObjects)
    {
        var graph = isOfObjects ? Walk(announcedNodes: 2) : Walk(announcedEdges: 2);

        Assert.Equal([1], graph.References(0).ToArray());
        Assert.Empty(graph.References(1).ToArray());
        Assert.Equal("1 heap events are damaged; 2 references are missing", graph.Completeness.Reason);
    }

    /// <summary>The numbers of the second blocks, 1 where none is missing between, and how many records the first ones claim to have.</summary>
    private static HeapGraph Walk(int secondNodes = 1, int secondEdges = 1, int announcedNodes = 1, int announcedEdges = 1)
    {
        var stream = new NettraceBytes().Trace()
            .RuntimeEventType(1, GcStart, version: 2).RuntimeEventType(2, GcStop, version: 1).RuntimeEventType(3, BulkNode, version: 0).RuntimeEventType(4, BulkEdge, version: 0)
            .RuntimeEvent(1, Collection(bytes: 26))
            .RuntimeEvent(3, Nodes(0, announcedNodes, FirstObject, references: 1))
            .RuntimeEvent(3, Nodes(secondNodes, 1, SecondObject, references: 2))
            .RuntimeEvent(4, Edges(0, announcedEdges, SecondObject))
            .RuntimeEvent(4, Edges(secondEdges, 2, FirstObject, SecondObject))
            .RuntimeEvent(2, Collection(bytes: 10))
            .Ended();
        using var source = new EventPipeEventSource(new MemoryStream(stream));
        var walk = new HeapWalk();
        walk.Listen(source.Clr, new ClrRundownTraceEventParser(source));
        source.Process();
        Assert.Equal((1, true), (walk.GcNumber, walk.SawEnd));
        return walk.ToGraph(lostEvents: 0, readProblem: null, expectedBytes: null, pointerBytes: 8);
    }

    // The first of the process; what follows its number says nothing here.
    private static byte[] Collection(int bytes) => Payload(payload =>
    {
        payload.Write(1);
        payload.Write(new byte[bytes - sizeof(int)]);
    });

    private static byte[] Nodes(int block, int announced, long address, long references) => Payload(payload =>
    {
        WriteHead(payload, block, announced);
        payload.Write(address);
        payload.Write(24L);
        payload.Write(1L); // type
        payload.Write(references);
    });

    private static byte[] Edges(int block, int announced, params long[] targets) => Payload(payload =>
    {
        WriteHead(payload, block, announced);
        foreach (var target in targets)
        {
            payload.Write(target);
            payload.Write(0); // field that refers
        }
    });

    private static void WriteHead(BinaryWriter payload, int block, int announced)
    {
        payload.Write(block);
        payload.Write(announced);
        payload.Write((short)0); // runtime
    }

    private static byte[] Payload(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        write(writer);
        writer.Flush();
        return bytes.ToArray();
    }
}

using System.Buffers;
using FleetProf.AgentProtocol;
using FleetProf.Silo.Gateway;
using Google.Protobuf;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Gateway;

public sealed class MessageShapeTests
{
    private static readonly MessageShape Shape = MessageShape.Of(AgentFrame.Descriptor);

    /// <summary>Bytes that are little on the wire and much in memory.</summary>
    [Theory]
    [InlineData(new byte[] { 0x12 }, new byte[] { 0x0a, 0x00 }, "instances")]
    [InlineData(new byte[] { 0x12, 0x0a }, new byte[] { 0x8a, 0x01, 0x00 }, "labels of an instance")]
    [InlineData(new byte[] { 0x12 }, new byte[] { 0x12, 0x00 }, "fields that an inventory does not have")]
    [InlineData(new byte[] { 0x1a }, new byte[] { 0x12, 0x00 }, "windows")]
    [InlineData(new byte[] { 0x1a, 0x12 }, new byte[] { 0x32, 0x00 }, "sketches")]
    [InlineData(new byte[] { 0x1a, 0x12 }, new byte[] { 0x82, 0x02, 0x00 }, "long collections")]
    [InlineData(new byte[] { 0x1a, 0x12 }, new byte[] { 0x82, 0x02, 0x02, 0x5a, 0x00 }, "details of long collections")]
    [InlineData(new byte[] { 0x1a, 0x12, 0x3a }, new byte[] { 0x01 }, "counts in a row")]
    [InlineData(new byte[] { 0x1a, 0x12 }, new byte[] { 0x38, 0x01 }, "counts one by one")]
    [InlineData(new byte[] { 0x0a }, new byte[] { 0x42, 0x00 }, "capabilities")]
    [InlineData(new byte[] { 0x0a }, new byte[] { 0x4a, 0x00 }, "labels of a host")]
    [InlineData(new byte[0], new byte[] { 0x12, 0x00 }, "inventories in one frame")]
    [InlineData(new byte[0], new byte[] { 0x7a, 0x00 }, "bodies that no agent has")]
    public void Check_MorePartsThanAnyHostHasUseFor_IsRefused(byte[] tags, byte[] part, string what)
    {
        var refused = Assert.Throws<RpcException>(() => Check(Frame(tags, part, 1 << 20)));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.True(refused.Status.Detail.Contains("more parts", StringComparison.Ordinal), $"{what}: {refused.Status.Detail}");
    }

    [Theory]
    [InlineData(new byte[] { 0x3b, 0x3c })]
    [InlineData(new byte[] { 0x0f })]
    [InlineData(new byte[] { 0x12, 0x02, 0x0a, 0x01, 0x00 })]
    [InlineData(new byte[] { 0x12, 0x01, 0x0a, 0x00 })]
    [InlineData(new byte[] { 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    public void Check_GroupsAndBytesThatDoNotAddUp_AreNoFrame(byte[] bytes)
    {
        var refused = Assert.Throws<RpcException>(() => Check(bytes));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("no AgentFrame", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_LargestFramesOfAgents_MayBeParsed()
    {
        var inventory = new Inventory { Instances = { Enumerable.Range(0, 3_000).Select(Process) } };
        var batch = new VitalsBatch { Sequence = 1, Windows = { Enumerable.Range(0, 200).Select(number => Window(number, sketches: 25)) } };
        var previews = new VitalsBatch { Windows = { Enumerable.Range(0, 1_500).Select(number => Window(number, sketches: 6)) } };
        var idle = new VitalsBatch { Windows = { Enumerable.Range(0, 5_000).Select(number => new VitalsWindow { InstanceId = $"i{number}", WindowStartUnixMs = 1, WindowMs = 10_000, GcCounts = { 0, 0, 0 } }) } };

        Assert.All(
            [new AgentFrame { Inventory = inventory }, new AgentFrame { Vitals = batch }, new AgentFrame { Vitals = previews }, new AgentFrame { Vitals = idle }],
            frame => Check(frame.ToByteArray()));
    }

    /// <summary>Neither more nor less than the parser: what it goes on to read has been counted.</summary>
    [Fact]
    public void Check_FrameCutAnywhere_IsRefusedWhereTheParserRefusesIt()
    {
        var whole = new AgentFrame { Vitals = new VitalsBatch { Sequence = 300, Windows = { Window(1, sketches: 2), Window(2, sketches: 0) } } }.ToByteArray();

        Assert.All(Enumerable.Range(0, whole.Length + 1), length =>
        {
            var bytes = whole[..length];
            Assert.Equal(Record.Exception(() => AgentFrame.Parser.ParseFrom(bytes)) is null, Record.Exception(() => Check(bytes)) is null);
        });
    }

    /// <summary>A frame of nothing but one part, again and again.</summary>
    /// <param name="tags">Of the messages around it, the outermost first; of one byte each.</param>
    /// <param name="part">Repeated.</param>
    /// <param name="length">Of all of them, in bytes.</param>
    internal static byte[] Frame(byte[] tags, byte[] part, int length)
    {
        byte[] content = [.. Enumerable.Repeat(part, length / part.Length).SelectMany(bytes => bytes)];
        for (var depth = tags.Length - 1; depth >= 0; depth--)
        {
            using var around = new MemoryStream();
            using (var output = new CodedOutputStream(around, leaveOpen: true))
            {
                output.WriteRawTag(tags[depth]);
                output.WriteBytes(ByteString.CopyFrom(content));
            }

            content = around.ToArray();
        }

        return content;
    }

    private static void Check(byte[] bytes) => Shape.Check(new ReadOnlySequence<byte>(bytes));

    private static Instance Process(int number)
    {
        var process = new Instance
        {
            InstanceId = $"0f4c1d2e9a8b7c6d5e4f-{number:0000}", Service = "checkout", Version = "1.0.0+a1b2c3", Host = "web-17", Pid = number, StartedUnixMs = 1_700_000_000_000,
            Runtime = ".NET 10.0.12", EntryAssembly = "Shop.Checkout", CommandLine = new string('x', 100), GcMode = "server datas", ProcessorCount = 8, MemoryLimitBytes = 1L << 32,
        };
        for (var entry = 0; entry < 12; entry++)
        {
            process.GcSettings[$"System.GC.Setting{entry}"] = "0x0000";
            process.Labels[$"label-{entry}"] = "value";
        }

        return process;
    }

    private static VitalsWindow Window(int number, int sketches)
    {
        var sizes = new HeapSizes { Gen0Bytes = 30_000_000, Gen1Bytes = 4_000_000, Gen2Bytes = 500_000_000, LohBytes = 60_000_000, PohBytes = 70_000 };
        var detail = new GcDetail
        {
            PauseMs = 1.5, SuspendMs = 0.1, MarkMs = 0.7, PlanMs = 0.2, RelocateMs = 0.1, CompactMs = 0.3, RootMs = { 1.1, 1.2, 1.3, 1.4, 1.5 }, RootBytes = { 1.1, 1.2, 1.3, 1.4, 1.5 },
            HeapBeforeBytes = 600_000_000, HeapBefore = sizes, HeapAfter = sizes, Budget = sizes, AllocatedBytes = 30_000_000, SurvivedBytes = 4_000_000,
        };
        var gc = new LongGc { Number = 70_000, Generation = 1, Kind = PauseKind.Blocking, Reason = "AllocSmall", PauseMs = 1.5, EndedUnixMs = 1_700_000_000_000, Detail = detail };
        return new VitalsWindow
        {
            InstanceId = $"0f4c1d2e9a8b7c6d5e4f-{number:0000}", WindowStartUnixMs = 1_700_000_000_000, WindowMs = 10_000, ObservedMs = 10_000, GcCounts = { 30, 2, 1 }, HeapAfter = sizes,
            PauseMs = 12.5, MaxPauseMs = 1.5, AllocatedBytes = 900_000_000, CpuSeconds = 2.5, WorkingSetBytes = 700_000_000, Longest = { gc, gc, gc },
            Pauses = { Enumerable.Range(0, sketches).Select(_ => new PauseSketch { Generation = 1, Kind = PauseKind.Blocking, Cause = PauseCause.Survivors, Sketch = ByteString.CopyFrom(new byte[40]) }) },
        };
    }
}

using System.Buffers.Binary;
using System.Text;

namespace FleetProf.Measures.Traces;

/// <summary>
/// Reads a nettrace stream (format versions 4 and 5, as every .NET runtime since Core 3.0 writes it by default) in pieces of any
/// size, as they arrive. Memory is bounded by one block plus the event types; every fault is a <see cref="NettraceFormatException"/>,
/// after which the reader must not be used again. Events come in stream order, which is not time order: see <see cref="EventSorter"/>.
/// </summary>
public sealed class NettraceReader
{
    private const byte NullTag = 1;
    private const byte BeginTag = 5;
    private const byte EndTag = 6;
    private const int MaxNameBytes = 64;
    private const int TraceBytes = 48;

    private readonly INettraceSink sink;
    private readonly int maxBlockBytes;
    private readonly EventTypes types;
    private readonly SequenceNumbers sequence;
    private Stage stage = Stage.Magic;
    private BlockKind kind;
    private int blockBytes;
    private long position;
    private long skip;
    private int needed = 1;
    private byte[] pending = [];
    private int pendingBytes;

    /// <param name="sink">Takes what is found.</param>
    /// <param name="limits">What to keep at most; null: <see cref="TraceLimits.Default"/>.</param>
    public NettraceReader(INettraceSink sink, TraceLimits? limits = null)
    {
        limits ??= TraceLimits.Default;
        (this.sink, maxBlockBytes, types, sequence) = (sink, limits.BlockBytes, new EventTypes(limits), new SequenceNumbers(limits.Threads));
    }

    private enum Stage { Magic, ObjectStart, TraceBody, BlockStart, BlockBody, Ended }

    private enum BlockKind { Unknown, Event, Metadata, Stack, SequencePoint }

    /// <summary>The head of the trace; null until it has arrived. Always there before the first event.</summary>
    public TraceClock? Clock { get; private set; }

    /// <summary>Whether the stream's end mark was read: nothing is missing.</summary>
    public bool HasEnded => stage == Stage.Ended;

    /// <summary>Events the runtime dropped because its buffer was full, as far as the numbering shows.</summary>
    public long LostEvents => sequence.LostEvents;

    /// <summary>Number of bytes taken so far.</summary>
    public long BytesRead => position + pendingBytes;

    /// <summary>Takes the next piece of the stream and delivers all that is complete.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        if (pendingBytes > 0)
        {
            Keep(piece);
            if (pendingBytes < needed) return;
            var used = Consume(pending.AsSpan(0, pendingBytes));
            pending.AsSpan(used, pendingBytes - used).CopyTo(pending);
            pendingBytes -= used;
            return;
        }
        Keep(piece[Consume(piece)..]);
    }

    /// <summary>Says that no more bytes come. Throws <see cref="NettraceError.Truncated"/> when the end mark is missing.</summary>
    public void Complete()
    {
        if (!HasEnded) throw new NettraceFormatException(NettraceError.Truncated, BytesRead, "The stream ends before its end mark: the target exited, or the file was cut.");
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return;
        if (pending.Length < pendingBytes + rest.Length) Array.Resize(ref pending, Math.Max(pendingBytes + rest.Length, Math.Min(pending.Length * 2, maxBlockBytes)));
        rest.CopyTo(pending.AsSpan(pendingBytes));
        pendingBytes += rest.Length;
    }

    private int Consume(ReadOnlySpan<byte> data)
    {
        var used = 0;
        while (true)
        {
            var skipped = (int)Math.Min(skip, data.Length - used);
            (skip, used, position) = (skip - skipped, used + skipped, position + skipped);
            var step = skip > 0 || used == data.Length ? 0 : Step(data[used..]);
            if (step == 0) return used;
            used += step;
            position += step;
        }
    }

    /// <summary>Reads one part of the frame; returns its length, or 0 after setting <see cref="needed"/> when it is not all there yet.</summary>
    private int Step(ReadOnlySpan<byte> data) => stage switch
    {
        Stage.Magic => StepMagic(data),
        Stage.ObjectStart => StepObjectStart(data),
        Stage.TraceBody => StepTrace(data),
        Stage.BlockStart => StepBlockStart(data),
        Stage.BlockBody => StepBlock(data),
        _ => throw Fail(NettraceError.BadFrame, "Bytes follow the end mark."),
    };

    private int StepMagic(ReadOnlySpan<byte> data)
    {
        var magic = "Nettrace"u8;
        var serialization = "\u0014\0\0\0!FastSerialization.1"u8;
        var start = data[..Math.Min(data.Length, magic.Length)];
        if (!magic.StartsWith(start)) throw Fail(NettraceError.NotNettrace, "The stream does not begin with 'Nettrace'.");
        if (!Has(data, magic.Length + 12)) return 0;
        if (data[magic.Length..].StartsWith("\0\0\0\0"u8))
            throw Fail(NettraceError.UnsupportedVersion, $"Nettrace version {BinaryPrimitives.ReadUInt32LittleEndian(data[(magic.Length + 4)..])} is not supported; this reader knows versions 4 and 5.");
        if (!Has(data, magic.Length + serialization.Length)) return 0;
        if (!data[magic.Length..].StartsWith(serialization)) throw Fail(NettraceError.NotNettrace, "The stream header after 'Nettrace' is not that of a trace.");
        stage = Stage.ObjectStart;
        return needed;
    }

    private int StepObjectStart(ReadOnlySpan<byte> data)
    {
        const int FixedBytes = 15;
        if (data[0] == NullTag)
        {
            stage = Stage.Ended;
            return 1;
        }
        if (!Has(data, FixedBytes)) return 0;
        if (data[0] != BeginTag || data[1] != BeginTag || data[2] != NullTag) throw Fail(NettraceError.BadFrame, "An object does not begin as one.");
        var nameBytes = BinaryPrimitives.ReadInt32LittleEndian(data[11..]);
        if (nameBytes is <= 0 or > MaxNameBytes) throw Fail(NettraceError.BadFrame, $"An object's type name of {nameBytes} bytes is not believable.");
        if (!Has(data, FixedBytes + nameBytes + 1)) return 0;
        if (data[FixedBytes + nameBytes] != EndTag) throw Fail(NettraceError.BadFrame, "An object's type does not end as one.");
        BeginObject(Encoding.UTF8.GetString(data.Slice(FixedBytes, nameBytes)), leastReader: BinaryPrimitives.ReadInt32LittleEndian(data[7..]));
        return FixedBytes + nameBytes + 1;
    }

    private void BeginObject(string name, int leastReader)
    {
        const int OwnVersion = 5;
        if (name == "Trace" ? Clock is not null : Clock is null) throw Fail(NettraceError.BadFrame, "The trace's head is not its first object.");
        if (leastReader > OwnVersion) throw Fail(NettraceError.UnsupportedVersion, $"'{name}' needs a reader of version {leastReader}; this one is {OwnVersion}.");
        stage = name == "Trace" ? Stage.TraceBody : Stage.BlockStart;
        kind = name switch
        {
            "EventBlock" => BlockKind.Event,
            "MetadataBlock" => BlockKind.Metadata,
            "StackBlock" when sink.WantsStacks => BlockKind.Stack,
            "SPBlock" => BlockKind.SequencePoint,
            _ => BlockKind.Unknown,
        };
    }

    private int StepTrace(ReadOnlySpan<byte> data)
    {
        if (!Has(data, TraceBytes + 1)) return 0;
        var cursor = new BlockCursor(data[..TraceBytes], position, NettraceError.BadFrame);
        var time = ReadSyncTime(ref cursor);
        Clock = new TraceClock(time, cursor.ReadInt64(), cursor.ReadInt64(), cursor.ReadInt32(), cursor.ReadInt32(), cursor.ReadInt32());
        if (Clock.TicksPerSecond <= 0 || Clock.PointerBytes is not (4 or 8)) throw Fail(NettraceError.BadFrame, "The trace's head has an impossible tick rate or pointer size.");
        EndObject(data[TraceBytes]);
        sink.OnStart(Clock);
        return TraceBytes + 1;
    }

    private static DateTimeOffset ReadSyncTime(ref BlockCursor cursor)
    {
        Span<short> parts = stackalloc short[8];
        foreach (ref var part in parts) part = cursor.ReadInt16();
        try
        {
            return new DateTimeOffset(parts[0], parts[1], parts[3], parts[4], parts[5], parts[6], parts[7], TimeSpan.Zero);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw cursor.Fail("The trace's head has an impossible date.");
        }
    }

    private int StepBlockStart(ReadOnlySpan<byte> data)
    {
        // The size is followed by padding to the next multiple of four of the whole stream.
        var padding = (int)(-(position + sizeof(int)) & 3);
        if (!Has(data, sizeof(int) + padding)) return 0;
        blockBytes = BinaryPrimitives.ReadInt32LittleEndian(data);
        if (blockBytes < 0 || blockBytes > maxBlockBytes) throw Fail(NettraceError.BlockTooLarge, $"A block announces {blockBytes} bytes; at most {maxBlockBytes} are read.");
        if (kind == BlockKind.Unknown) (skip, blockBytes) = (blockBytes, 0);
        stage = Stage.BlockBody;
        return sizeof(int) + padding;
    }

    private int StepBlock(ReadOnlySpan<byte> data)
    {
        if (!Has(data, blockBytes + 1)) return 0;
        var cursor = new BlockCursor(data[..blockBytes], position, NettraceError.BadBlock);
        if (kind is BlockKind.Event or BlockKind.Metadata) ReadEvents(ref cursor);
        else if (kind == BlockKind.Stack) ReadStacks(ref cursor);
        else if (kind == BlockKind.SequencePoint) ReadSequencePoint(ref cursor);
        EndObject(data[blockBytes]);
        return blockBytes + 1;
    }

    private void EndObject(byte tag)
    {
        if (tag != EndTag) throw Fail(NettraceError.BadFrame, "An object does not end as one.");
        stage = Stage.ObjectStart;
    }

    private void ReadEvents(ref BlockCursor cursor)
    {
        var isCompressed = EventBlock.ReadStart(ref cursor);
        var header = new EventBlock.Header();
        while (!cursor.IsAtEnd)
        {
            var payload = EventBlock.ReadEvent(ref cursor, isCompressed, ref header);
            if (kind == BlockKind.Metadata)
            {
                types.Add(payload, cursor.Position - payload.Length);
                continue;
            }
            var type = types.Find(header.MetadataId) ?? throw new NettraceFormatException(NettraceError.BadEvent, cursor.Position, $"An event is of type {header.MetadataId}, which the stream has not described.");
            var isAfterLoss = sequence.OnEvent(header.CaptureThreadId, header.Sequence);
            sink.OnEvent(new NettraceEvent(type, header.Ticks, header.ThreadId, header.StackId, header.IsSorted, payload) { IsAfterLoss = isAfterLoss });
        }
    }

    private void ReadStacks(ref BlockCursor cursor)
    {
        var id = cursor.ReadInt32();
        var count = cursor.ReadInt32();
        if (count < 0 || count > cursor.Remaining / sizeof(int)) throw cursor.Fail($"A stack block announces {count} stacks and ends before them.");
        for (var i = 0; i < count; i++) sink.OnStack(unchecked(id + i), cursor.Take(cursor.ReadInt32()));
    }

    private void ReadSequencePoint(ref BlockCursor cursor)
    {
        var ticks = cursor.ReadInt64();
        var lost = sequence.LostEvents;
        sequence.OnSequencePoint(ref cursor);
        sink.OnSequencePoint(ticks);
        if (sequence.LostEvents > lost) sink.OnLoss(ticks);
    }

    private bool Has(ReadOnlySpan<byte> data, int count)
    {
        needed = count;
        return data.Length >= count;
    }

    private NettraceFormatException Fail(NettraceError error, string message) => new(error, position, message);
}

using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace FleetProf.Silo.Gateway;

/// <summary>
/// Looks through the bytes of a message for what parsing would make objects of, and makes none: two bytes can stand for an object of hundreds, so that
/// a frame of 4 MiB took gigabytes before anybody could refuse it. One pass over the bytes, as deep as the protocol is; no message of it holds itself.
/// </summary>
internal sealed class MessageShape
{
    /// <summary>Messages in one message: twice as many instances, or windows, as a host can run processes.</summary>
    private const int MostInOne = 10_000;

    /// <summary>Parts of a small message: far more than a batch of windows has.</summary>
    private const int MostParts = 20_000;

    /// <summary>And one for so many bytes of it: instances with many short labels have about as many, windows have more for each.</summary>
    private const int BytesPerPart = 32;

    /// <summary>Numbers in a row: a byte becomes eight.</summary>
    private const int PackedBytesPerPart = 16;

    /// <summary>By tag, which is number and kind on the wire. Null: the protocol has no such field, and its content is kept as unknown.</summary>
    private readonly Field?[] fields;
    private readonly string root;

    private MessageShape(MessageDescriptor message, string root)
    {
        this.root = root;
        var all = message.Fields.InFieldNumberOrder();
        fields = new Field?[(all.Select(field => field.FieldNumber).DefaultIfEmpty().Max() + 1) << 3];
        foreach (var field in all)
        {
            var kind = KindOf(field.FieldType);
            fields[WireFormat.MakeTag(field.FieldNumber, kind)] = field.FieldType == FieldType.Message
                ? new Field(1, new MessageShape(field.MessageType, root))
                : new Field(field.IsRepeated ? 1 : 0, null);
            if (field.IsRepeated && kind != WireFormat.WireType.LengthDelimited)
            {
                fields[WireFormat.MakeTag(field.FieldNumber, WireFormat.WireType.LengthDelimited)] = new Field(0, null, IsPacked: true);
            }
        }
    }

    /// <param name="message">What a method takes; neither it nor what it holds may hold itself.</param>
    public static MessageShape Of(MessageDescriptor message) => new(message, message.Name);

    /// <summary>Returns when the message may be parsed.</summary>
    /// <param name="payload">The whole message.</param>
    /// <exception cref="RpcException">InvalidArgument: it is no such message, or has more parts than any agent needs for so many bytes.</exception>
    public void Check(ReadOnlySequence<byte> payload)
    {
        var reader = new SequenceReader<byte>(payload);
        var left = MostParts + payload.Length / BytesPerPart;

        // What a frame or a chunk holds comes once: each time more, the parser would copy what it has.
        Walk(ref reader, payload.Length, 1, ref left);
    }

    /// <param name="reader">At the first byte of the message.</param>
    /// <param name="end">Behind its last.</param>
    /// <param name="messages">That it may hold.</param>
    /// <param name="left">Parts that the whole may still have.</param>
    private void Walk(ref SequenceReader<byte> reader, long end, int messages, ref long left)
    {
        while (reader.Consumed < end)
        {
            var tag = unchecked((uint)ReadNumber(ref reader));
            var field = tag < (uint)fields.Length ? fields[tag] : null;
            var length = ReadLength(ref reader, tag, end);
            left -= field is null ? 1 : field.IsPacked ? length / PackedBytesPerPart : field.Parts;
            messages -= field?.Message is null ? 0 : 1;
            if (left < 0 || messages < 0)
            {
                throw TooMany();
            }

            if (field?.Message is { } message)
            {
                message.Walk(ref reader, reader.Consumed + length, MostInOne, ref left);
            }
            else
            {
                reader.Advance(length);
            }
        }

        if (reader.Consumed != end)
        {
            throw Malformed();
        }
    }

    /// <summary>Bytes of the value behind the reader, which are there; 0 for a number, which is read over.</summary>
    private long ReadLength(ref SequenceReader<byte> reader, uint tag, long end)
    {
        ulong length = 0;
        switch (WireFormat.GetTagWireType(tag))
        {
            case WireFormat.WireType.Varint:
                ReadNumber(ref reader);
                break;
            case WireFormat.WireType.Fixed64:
                length = sizeof(ulong);
                break;
            case WireFormat.WireType.Fixed32:
                length = sizeof(uint);
                break;
            case WireFormat.WireType.LengthDelimited:
                length = ReadNumber(ref reader);
                break;
            default:
                // Groups, which this protocol never had: each would be kept with a table of its own.
                throw Malformed();
        }

        return reader.Consumed <= end && length <= (ulong)(end - reader.Consumed) ? (long)length : throw Malformed();
    }

    private ulong ReadNumber(ref SequenceReader<byte> reader)
    {
        ulong number = 0;
        for (var shift = 0; shift < 70 && reader.TryRead(out var next); shift += 7)
        {
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }

        throw Malformed();
    }

    private static WireFormat.WireType KindOf(FieldType type) => type switch
    {
        FieldType.Message or FieldType.String or FieldType.Bytes => WireFormat.WireType.LengthDelimited,
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireFormat.WireType.Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireFormat.WireType.Fixed32,
        _ => WireFormat.WireType.Varint,
    };

    private RpcException Malformed() => new(new Status(StatusCode.InvalidArgument, $"The frame is no {root} of this protocol."));

    private RpcException TooMany() => new(new Status(
        StatusCode.InvalidArgument, $"The {root} consists of more parts than any host has use for in so many bytes. Update the agent; where it is up to date, look at its host."));

    private sealed record Field(int Parts, MessageShape? Message, bool IsPacked = false);
}

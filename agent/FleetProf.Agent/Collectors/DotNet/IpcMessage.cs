using System.Buffers.Binary;
using System.Text;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>
/// One message of the diagnostic IPC protocol "DOTNET_IPC_V1": a 20-byte header (magic, size, command set, command, reserved)
/// and a payload of little-endian numbers and counted UTF-16 strings.
/// Source: dotnet/diagnostics, documentation/design-docs/ipc-protocol.md.
/// </summary>
internal static class IpcMessage
{
    public const int HeaderBytes = 20;
    public const ushort StopTracing = 0x0201;
    public const ushort CollectTracing2 = 0x0203;
    public const ushort CollectTracing3 = 0x0204;
    public const ushort ProcessInfo = 0x0400;
    public const ushort ProcessInfo2 = 0x0404;
    public const ushort Ok = 0xFF00;
    public const uint UnknownCommand = 0x80131385;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    public static byte[] Create(ushort command, ReadOnlySpan<byte> payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), checked((ushort)message.Length));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), command);
        payload.CopyTo(message.AsSpan(HeaderBytes));
        return message;
    }

    /// <summary>Reads a header. False when it is not of this protocol.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out ushort command, out int payloadBytes)
    {
        command = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        payloadBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[14..]) - HeaderBytes;
        return header.StartsWith(Magic) && payloadBytes >= 0;
    }

    public static byte[] StopPayload(ulong sessionId)
    {
        var payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, sessionId);
        return payload;
    }

    /// <summary>The payload of CollectTracing2, or of CollectTracing3, which also says whether to walk stacks.</summary>
    public static byte[] CollectPayload(TraceSessionRequest request, bool withStackChoice)
    {
        const uint NettraceFormat = 1;
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write((uint)request.BufferMegabytes);
        writer.Write(NettraceFormat);
        writer.Write(request.RequestRundown);
        if (withStackChoice) writer.Write(request.CollectStacks);
        writer.Write((uint)request.Providers.Count);
        foreach (var provider in request.Providers)
        {
            writer.Write(provider.Keywords);
            writer.Write((uint)provider.Level);
            WriteText(writer, provider.Name);
            WriteText(writer, provider.Filter);
        }
        writer.Flush();
        return buffer.ToArray();
    }

    /// <summary>Decodes ProcessInfo or ProcessInfo2. Throws <see cref="InvalidDataException"/> on anything malformed.</summary>
    public static RuntimeProcessInfo ReadProcessInfo(ReadOnlySpan<byte> payload, bool isVersion2)
    {
        if (payload.Length < 24) throw new InvalidDataException("The process information is shorter than its fixed part.");
        var processId = BinaryPrimitives.ReadInt64LittleEndian(payload);
        var cookie = new Guid(payload[8..24]);
        var rest = payload[24..];
        var commandLine = ReadText(ref rest);
        var system = ReadText(ref rest);
        var architecture = ReadText(ref rest);
        var entryAssembly = isVersion2 ? ReadText(ref rest) : null;
        var version = isVersion2 ? ReadText(ref rest) : null;
        return new RuntimeProcessInfo(processId, cookie, commandLine, system, architecture, entryAssembly, version);
    }

    private static void WriteText(BinaryWriter writer, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            writer.Write(0u);
            return;
        }
        writer.Write((uint)text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text));
        writer.Write((ushort)0);
    }

    private static string ReadText(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 4) throw new InvalidDataException("The process information ends inside a text's length.");
        var count = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        rest = rest[4..];
        if (count > rest.Length / 2) throw new InvalidDataException($"The process information announces a text of {count} characters and ends before it.");
        var text = Encoding.Unicode.GetString(rest[..((int)count * 2)]);
        rest = rest[((int)count * 2)..];
        return text.TrimEnd('\0');
    }
}

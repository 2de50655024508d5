using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;

namespace FleetProf.Faults.Memory;

/// <summary>
/// Makes a .NET process collect its whole heap, and tells what is left. The runtime collects when a session with a certain keyword begins,
/// before it answers, so that the session can be ended at once. Whoever is measured must have no other session with that keyword.
/// </summary>
internal static class ForcedCollection
{
    private const int HeaderBytes = 20;

    /// <summary>Commands of the diagnostic port: a session without stacks, its end, and the answer when all is well.</summary>
    private const ushort StartSession = 0x0204;
    private const ushort StopSession = 0x0201;
    private const ushort Done = 0xFF00;

    /// <summary>Of the runtime's events: those of collections, and the wish for one. No objects are listed.</summary>
    private const ulong Keywords = 0x1 | 0x800000;
    private const uint Informational = 4;
    private const uint BufferMegabytes = 4;
    private const uint NettraceFormat = 1;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Bytes alive after the collection; null when the process does not answer, or not in time.</summary>
    public static async Task<long?> LiveBytesAsync(int pid, TimeSpan patience)
    {
        // A process that was killed leaves its socket behind, and another one may have got its pid.
        if (Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").MaxBy(File.GetCreationTimeUtc) is not { } path)
        {
            return null;
        }

        using var limit = new CancellationTokenSource(patience);
        using var session = Open();
        try
        {
            var id = await AskAsync(session, path, Message(StartSession, Request()), limit.Token);
            var reading = ReadAsync(session, limit.Token);
            // A session that nobody reads while it ends would block the whole port.
            await Task.WhenAll(reading, StopAsync(path, id, limit.Token));
            return await reading;
        }
        catch (Exception failed) when (failed is SocketException or IOException or OperationCanceledException)
        {
            // Closing the connection ends a session at the next event that it cannot send.
            return null;
        }
    }

    private static Socket Open() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static async Task StopAsync(string path, byte[] id, CancellationToken cancellationToken)
    {
        using var connection = Open();
        await AskAsync(connection, path, Message(StopSession, id), cancellationToken);
    }

    /// <summary>One command; the payload of the answer, which is the session's id.</summary>
    private static async Task<byte[]> AskAsync(Socket connection, string path, byte[] message, CancellationToken cancellationToken)
    {
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        await connection.SendAsync(message, SocketFlags.None, cancellationToken);
        var header = await ReceiveAsync(connection, HeaderBytes, cancellationToken);
        var payload = await ReceiveAsync(connection, BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderBytes, cancellationToken);
        return BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16)) == Done && payload.Length >= sizeof(ulong)
            ? payload[..sizeof(ulong)]
            : throw new IOException("The runtime refused the command.");
    }

    private static async Task<byte[]> ReceiveAsync(Socket connection, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Max(count, 0)];
        for (var have = 0; have < bytes.Length;)
        {
            var more = await connection.ReceiveAsync(bytes.AsMemory(have), SocketFlags.None, cancellationToken);
            have += more > 0 ? more : throw new EndOfStreamException();
        }

        return bytes;
    }

    /// <summary>To the end of the stream, also when it cannot be understood.</summary>
    private static async Task<long?> ReadAsync(Socket session, CancellationToken cancellationToken)
    {
        var found = new FullCollections();
        var sorter = new EventSorter(new GcEventDecoder(found));
        var reader = new NettraceReader(sorter);
        var isBroken = false;
        var buffer = new byte[64 * 1024];
        while (await session.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) is > 0 and var count)
        {
            try
            {
                if (!isBroken)
                {
                    reader.Read(buffer.AsSpan(0, count));
                }
            }
            catch (NettraceFormatException)
            {
                isBroken = true;
            }
        }

        if (isBroken)
        {
            return null;
        }

        sorter.Flush();
        return found.LiveBytes;
    }

    private static byte[] Message(ushort command, byte[] payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), command);
        payload.CopyTo(message, HeaderBytes);
        return message;
    }

    private static byte[] Request()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(BufferMegabytes);
        writer.Write(NettraceFormat);
        writer.Write(false); // No list of methods at the end,
        writer.Write(false); // and no stacks.
        writer.Write(1u);
        writer.Write(Keywords);
        writer.Write(Informational);
        writer.Write((uint)GcEventDecoder.Provider.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(GcEventDecoder.Provider));
        writer.Write((ushort)0);
        writer.Write(0u); // No arguments.
        writer.Flush();
        return buffer.ToArray();
    }
}

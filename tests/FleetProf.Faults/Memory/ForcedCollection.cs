using System.Diagnostics.Tracing;
using System.Net.Sockets;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;
using Microsoft.Diagnostics.NETCore.Client;

namespace FleetProf.Faults.Memory;

/// <summary>
/// Makes a .NET process collect its whole heap, and tells what is left. The runtime collects when a session with a certain keyword begins,
/// before it answers, so that the session can be ended at once. Whoever is measured must have no other session with that keyword.
/// </summary>
internal static class ForcedCollection
{
    /// <summary>Of the runtime's events: those of collections, and the wish for one. No objects are listed.</summary>
    private const long Keywords = 0x1 | 0x800000;
    private const int BufferMegabytes = 4;

    private static readonly EventPipeProvider Provider = new(GcEventDecoder.Provider, EventLevel.Informational, Keywords);

    /// <summary>Bytes alive after the collection; null when the process does not answer, or not in time.</summary>
    public static async Task<long?> LiveBytesAsync(int pid, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            using var session = await new DiagnosticsClient(pid).StartEventPipeSessionAsync([Provider], requestRundown: false, BufferMegabytes, limit.Token);
            var reading = ReadAsync(session.EventStream, limit.Token);
            // A session that nobody reads while it ends would block the whole port.
            await Task.WhenAll(reading, session.StopAsync(limit.Token));
            return await reading;
        }
        catch (Exception failed) when (failed is DiagnosticsClientException or SocketException or IOException or OperationCanceledException or TimeoutException)
        {
            // Closing the connection ends a session at the next event that it cannot send.
            return null;
        }
    }

    /// <summary>To the end of the stream, also when it cannot be understood.</summary>
    private static async Task<long?> ReadAsync(Stream session, CancellationToken cancellationToken)
    {
        var found = new FullCollections();
        var sorter = new EventSorter(new GcEventDecoder(found));
        var reader = new NettraceReader(sorter);
        var isBroken = false;
        var buffer = new byte[64 * 1024];
        while (await session.ReadAsync(buffer, cancellationToken) is > 0 and var count)
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
}

using System.Diagnostics.Tracing;

namespace FleetProf.Agent.Collectors.DotNet.Captures;

/// <summary>
/// The runtime names every type once and remembers that it did, over sessions. It forgets when its provider is asked for something
/// without types; so a session that does is opened and closed, and the snapshot that follows gets all names. A session of another
/// provider is not enough: measured on .NET 10, beside a GC session the names of a second snapshot are missing then.
/// </summary>
internal static class TypeTable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const long Loader = 0x8;

    private static readonly TraceSessionRequest WithoutTypes =
        new([new TraceProvider(TraceProvider.Runtime, Loader, EventLevel.Informational)], BufferMegabytes: 4, RequestRundown: false) { CollectStacks = false };

    /// <summary>Throws <see cref="DiagnosticIpcException"/> when no session can be opened.</summary>
    public static async Task FlushAsync(DiagnosticIpc port, CancellationToken cancellationToken)
    {
        await using (var session = await port.StartSessionAsync(WithoutTypes, cancellationToken))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                await session.Stream.ReadExactlyAsync(new byte[1], limit.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // A target that ended shows at the next session; one that is slow to write has the session all the same.
            }
        }
        // Its end may have taken seconds, in which a hold came: the snapshot that would follow stops the process.
        cancellationToken.ThrowIfCancellationRequested();
    }
}

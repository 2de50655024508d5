using System.Diagnostics.Tracing;

namespace FleetProf.Agent.Collectors.DotNet.Captures;

/// <summary>
/// The runtime names every type once and remembers that it did, over sessions. Opening and closing a session makes it forget, so that
/// the snapshot that follows gets all names.
/// </summary>
internal static class TypeTable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TraceSessionRequest Any =
        new([new TraceProvider(TraceProvider.SampleProfiler, 0, EventLevel.Informational)], BufferMegabytes: 4, RequestRundown: false);

    /// <summary>Throws <see cref="DiagnosticIpcException"/> when no session can be opened.</summary>
    public static async Task FlushAsync(DiagnosticIpc port, CancellationToken cancellationToken)
    {
        await using var session = await port.StartSessionAsync(Any, cancellationToken);
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
}

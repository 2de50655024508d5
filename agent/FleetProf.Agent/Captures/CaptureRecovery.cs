using System.Security.Cryptography;
using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>Concludes captures that an earlier process of this agent began and did not end. They are never run again.</summary>
internal sealed class CaptureRecovery(ArtifactSpool spool, TimeProvider time)
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(5);

    /// <summary>Ends the session that may still run in the target, and keeps what was recorded where that can be read.</summary>
    public async Task<CaptureOutcome> ConcludeAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Session is { } session) await EndSessionAsync(session, cancellationToken);
        var isWaiting = entry is { IsArmed: true, Trigger: null };
        var lost = CaptureOutcome.Failed(CaptureFailure.AgentLost, isWaiting ? "The agent was killed while it waited for a pause." : "The agent was killed while it was capturing.") with { Trigger = entry.Trigger };
        var path = spool.PathOf(entry.Key);
        try
        {
            return File.Exists(path) && await HashUsableAsync(path, entry.Kind, cancellationToken) is (var sha256, > 0 and var bytes)
                ? lost with { Sha256 = sha256, Bytes = bytes, IsPartial = true }
                : lost;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return lost;
        }
    }

    /// <summary>Not by its id, which another tool's session may have by now.</summary>
    private async Task EndSessionAsync(AttachedSession session, CancellationToken cancellationToken)
    {
        if (ProcessReading.Read(session.Pid) is not { } reading || reading.StartJiffies != session.StartJiffies) return;
        try
        {
            var port = new DiagnosticIpc(session.SocketPath, session.Pid) { Time = time, RequestTimeout = FarewellLimit };
            await DeadSessions.EndAsync(port, cancellationToken);
        }
        catch (DiagnosticIpcException)
        {
            // Mostly: the runtime has ended it already.
        }
    }

    /// <summary>Null when a heap snapshot holds no object, or any recording no event.</summary>
    private static async Task<(string Sha256, long Bytes)?> HashUsableAsync(string path, CaptureKind kind, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        var watch = new CaptureWatch(kind == CaptureKind.Gcdump);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            watch.Take(buffer.AsSpan(0, count));
            hash.AppendData(buffer.AsSpan(0, count));
        }
        if (!watch.HasContent) return null;
        file.Flush(flushToDisk: true);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), file.Length);
    }
}

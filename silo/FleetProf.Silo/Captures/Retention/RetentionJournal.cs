using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>Says what was deleted, pinned and unpinned, and why: one line each.</summary>
internal sealed partial class RetentionJournal(ILogger<RetentionJournal> logger)
{
    public void Removed(RetainedCapture capture, RemovalReason reason)
    {
        CaptureInstruments.Removed(reason, capture.Bytes);
        LogRemoved(capture.CaptureId, capture.Service, capture.Bytes, capture.ReceivedAt, reason);
    }

    public void Pinned(string captureId, string actor, string reason) => LogPinned(captureId, actor, reason);

    public void Unpinned(string captureId, string actor) => LogUnpinned(captureId, actor);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deletes the files of {CaptureId} of {Service}: {Bytes} bytes, received {ReceivedAt}, because of {Reason}")]
    private partial void LogRemoved(string captureId, string service, long bytes, DateTimeOffset receivedAt, RemovalReason reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Actor} pinned {CaptureId}: {Reason}")]
    private partial void LogPinned(string captureId, string actor, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Actor} took the pin off {CaptureId}")]
    private partial void LogUnpinned(string captureId, string actor);
}

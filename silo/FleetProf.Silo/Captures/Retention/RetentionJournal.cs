using System.Globalization;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>Says what was deleted, pinned and unpinned, and why: one line each, and for what nobody asked for the row of the audit log.</summary>
internal sealed partial class RetentionJournal(ILogger<RetentionJournal> logger)
{
    /// <summary>Nobody stands behind a deletion but the rules.</summary>
    public static AuditEntry EntryOf(RetainedCapture capture, RemovalReason reason, DateTimeOffset at) => new()
    {
        At = at,
        Actor = "retention",
        Action = "capture.delete",
        Target = capture.CaptureId,
        Services = capture.Service,
        Decision = AuditDecision.Allowed,
        Reason = string.Create(CultureInfo.InvariantCulture, $"{reason}: {capture.Bytes} bytes, received {capture.ReceivedAt:yyyy-MM-dd HH:mm:ss} UTC"),
    };

    public void Removed(RetainedCapture capture, RemovalReason reason)
    {
        CaptureInstruments.Removed(reason, capture.Bytes);
        LogRemoved(capture.CaptureId, capture.Service, capture.Bytes, capture.ReceivedAt, reason);
    }

    /// <summary>Files that could not be deleted; the next run tries again.</summary>
    public void Held(string what, Exception why) => LogHeld(why, what);

    public void Pinned(string captureId, string actor, string reason) => LogPinned(captureId, actor, reason);

    public void Unpinned(string captureId, string actor) => LogUnpinned(captureId, actor);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deletes the files of {CaptureId} of {Service}: {Bytes} bytes, received {ReceivedAt}, because of {Reason}")]
    private partial void LogRemoved(string captureId, string service, long bytes, DateTimeOffset receivedAt, RemovalReason reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention could not delete the files of {What}; the next run tries again")]
    private partial void LogHeld(Exception exception, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Actor} pinned {CaptureId}: {Reason}")]
    private partial void LogPinned(string captureId, string actor, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Actor} took the pin off {CaptureId}")]
    private partial void LogUnpinned(string captureId, string actor);
}

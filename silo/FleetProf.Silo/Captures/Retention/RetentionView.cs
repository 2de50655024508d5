using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>All captures with files at one moment, what holds them, and what would go.</summary>
/// <param name="Captures">Oldest first.</param>
/// <param name="Cited">Ids of those that a comparison, an experiment or a diff rests on.</param>
/// <param name="Due">What goes now, in its order.</param>
internal sealed record RetentionView(
    IReadOnlyList<RetainedCapture> Captures, IReadOnlySet<string> Cited, IReadOnlyList<(RetainedCapture Capture, RemovalReason Reason)> Due)
{
    private const int MostRows = 100;
    private const int MostNext = 20;

    public bool MayGo(RetainedCapture capture) => capture.IsFinal && !IsHeld(capture);

    /// <summary>The report without what only the store and the options know.</summary>
    public StorageReport ToReport()
    {
        var due = Due.Select(removal => removal.Capture.CaptureId).ToHashSet(StringComparer.Ordinal);
        return new StorageReport
        {
            Bytes = Captures.Sum(capture => capture.Bytes),
            Captures = Captures.Count,
            Pinned = Captures.Count(capture => capture.IsPinned),
            Cited = Captures.Count(capture => !capture.IsPinned && IsHeld(capture)),
            HeldBytes = Captures.Where(IsHeld).Sum(capture => capture.Bytes),
            Services = Rows(capture => capture.Service),
            Kinds = Rows(capture => capture.Kind.ToString().ToLowerInvariant()),
            ServiceCount = Captures.DistinctBy(capture => capture.Service, StringComparer.Ordinal).Count(),
            DueCount = Due.Count,
            DueBytes = Due.Sum(removal => removal.Capture.Bytes),
            Due = [.. Due.Take(MostRows).Select(removal => Removal(removal.Capture, removal.Reason))],
            Next = [.. Captures.Where(capture => MayGo(capture) && !due.Contains(capture.CaptureId)).Take(MostNext).Select(capture => Removal(capture, RemovalReason.None))],
        };
    }

    private bool IsHeld(RetainedCapture capture) => capture.IsPinned || Cited.Contains(capture.CaptureId);

    private List<StorageRow> Rows(Func<RetainedCapture, string> key) =>
    [
        .. Captures.GroupBy(key, StringComparer.Ordinal).Select(group => new StorageRow
        {
            Name = group.Key,
            Captures = group.Count(),
            Bytes = group.Sum(capture => capture.Bytes),
            HeldBytes = group.Where(IsHeld).Sum(capture => capture.Bytes),
            OldestAt = group.Min(capture => capture.ReceivedAt),
        }).OrderByDescending(row => row.Bytes).ThenBy(row => row.Name, StringComparer.Ordinal).Take(MostRows),
    ];

    private static StorageRemoval Removal(RetainedCapture capture, RemovalReason reason) => new()
    {
        CaptureId = capture.CaptureId,
        Service = capture.Service,
        Kind = capture.Kind,
        Bytes = capture.Bytes,
        ReceivedAt = capture.ReceivedAt,
        Reason = reason,
    };
}

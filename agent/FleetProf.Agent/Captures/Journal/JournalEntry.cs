using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures.Journal;

/// <summary>All that the journal knows of one capture attempt. Immutable; a record makes the next one.</summary>
internal sealed record JournalEntry(CaptureKey Key)
{
    public CaptureKind Kind { get; init; }

    /// <summary>It waits, or waited, for a pause.</summary>
    public bool IsArmed { get; init; }

    public AttachedSession? Session { get; init; }

    /// <summary>The pause that was waited for; null before it came, and when none is.</summary>
    public LongGc? Trigger { get; init; }

    /// <summary>What to say once the artifact is uploaded; null before there is one.</summary>
    public CaptureResult? Collected { get; init; }

    /// <summary>For agents of the version before, which give an artifact its hour from then on.</summary>
    public DateTimeOffset CollectedAt { get; init; }

    /// <summary>The last word; null before.</summary>
    public CaptureResult? Result { get; init; }

    public bool IsAcknowledged { get; init; }

    public JournalEntry With(JournalRecord record) => record.Stage switch
    {
        JournalStage.Started => this with { Kind = record.Kind, IsArmed = record.IsArmed },
        JournalStage.Attached => this with { Session = record.Session },
        JournalStage.Fired => this with { Trigger = record.Trigger is null ? null : LongGc.Parser.ParseFrom(record.Trigger) },
        JournalStage.Collected => this with { Collected = Read(record), CollectedAt = record.At },
        JournalStage.Finished => this with { Result = Read(record) },
        // The last word is all that is asked for again; a thousand of these are kept.
        JournalStage.Acknowledged => this with { IsAcknowledged = true, Session = null, Trigger = null, Collected = null },
        _ => this,
    };

    /// <summary>The fewest records that say the same.</summary>
    public IEnumerable<JournalRecord> ToRecords()
    {
        yield return Record(JournalStage.Started) with { Kind = Kind, IsArmed = IsArmed };
        if (Result is null && Session is not null) yield return Record(JournalStage.Attached) with { Session = Session };
        if (Result is null && Trigger is not null) yield return Record(JournalStage.Fired) with { Trigger = Google.Protobuf.MessageExtensions.ToByteArray(Trigger) };
        if (Result is null && Collected is not null) yield return Record(JournalStage.Collected, Collected) with { At = CollectedAt };
        if (Result is not null) yield return Record(JournalStage.Finished, Result);
        if (IsAcknowledged) yield return Record(JournalStage.Acknowledged);
    }

    private JournalRecord Record(JournalStage stage, CaptureResult? result = null) =>
        new() { Stage = stage, CaptureId = Key.CaptureId, Attempt = Key.Attempt, Result = result is null ? null : Google.Protobuf.MessageExtensions.ToByteArray(result) };

    private CaptureResult? Read(JournalRecord record)
    {
        var result = record.Result is null ? null : CaptureResult.Parser.ParseFrom(record.Result);
        // One text for both, a thousand times.
        if (result?.CaptureId == Key.CaptureId) result.CaptureId = Key.CaptureId;
        return result;
    }
}

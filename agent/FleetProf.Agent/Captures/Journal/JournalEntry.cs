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

    /// <summary>The last word, a CaptureResult message; null before.</summary>
    public byte[]? LastWord { get; init; }

    /// <summary>What <see cref="LastWord"/> says, read anew each time.</summary>
    public CaptureResult? Result => LastWord is null ? null : CaptureResult.Parser.ParseFrom(LastWord);

    public bool IsAcknowledged { get; init; }

    public JournalEntry With(JournalRecord record) => record.Stage switch
    {
        JournalStage.Started => this with { Kind = record.Kind, IsArmed = record.IsArmed },
        JournalStage.Attached => this with { Session = record.Session },
        JournalStage.Fired => this with { Trigger = record.Trigger is null ? null : LongGc.Parser.ParseFrom(record.Trigger) },
        JournalStage.Collected => this with { Collected = record.Result is null ? null : CaptureResult.Parser.ParseFrom(record.Result), CollectedAt = record.At },
        JournalStage.Finished => this with { LastWord = record.Result },
        // The last word is all that is asked for again.
        JournalStage.Acknowledged => this with { IsAcknowledged = true, Session = null, Trigger = null, Collected = null },
        _ => this,
    };

    /// <summary>The fewest records that say the same.</summary>
    public IEnumerable<JournalRecord> ToRecords()
    {
        yield return Record(JournalStage.Started) with { Kind = Kind, IsArmed = IsArmed };
        if (LastWord is null && Session is not null) yield return Record(JournalStage.Attached) with { Session = Session };
        if (LastWord is null && Trigger is not null) yield return Record(JournalStage.Fired) with { Trigger = Google.Protobuf.MessageExtensions.ToByteArray(Trigger) };
        if (LastWord is null && Collected is not null) yield return Record(JournalStage.Collected) with { At = CollectedAt, Result = Google.Protobuf.MessageExtensions.ToByteArray(Collected) };
        if (LastWord is not null) yield return Record(JournalStage.Finished) with { Result = LastWord };
        if (IsAcknowledged) yield return Record(JournalStage.Acknowledged);
    }

    private JournalRecord Record(JournalStage stage) => new() { Stage = stage, CaptureId = Key.CaptureId, Attempt = Key.Attempt };
}

using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures.Journal;

/// <summary>One line of the journal. What a stage does not know is null.</summary>
internal sealed record JournalRecord
{
    public required JournalStage Stage { get; init; }

    public required string CaptureId { get; init; }

    public required uint Attempt { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Of <see cref="JournalStage.Started"/>.</summary>
    public CaptureKind Kind { get; init; }

    /// <summary>Of <see cref="JournalStage.Started"/>: it waits for a pause.</summary>
    public bool IsArmed { get; init; }

    /// <summary>Of <see cref="JournalStage.Attached"/>.</summary>
    public AttachedSession? Session { get; init; }

    /// <summary>A CaptureResult message: of Collected what to say once the upload is complete, of Finished the last word.</summary>
    public byte[]? Result { get; init; }

    /// <summary>A LongGc message, of <see cref="JournalStage.Fired"/>.</summary>
    public byte[]? Trigger { get; init; }

    public CaptureKey Key => new(CaptureId, Attempt);
}

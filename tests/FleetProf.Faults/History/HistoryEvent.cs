using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Memory;

namespace FleetProf.Faults.History;

/// <summary>One line of the history. What a kind does not need is left out.</summary>
internal sealed record HistoryEvent
{
    /// <summary>Milliseconds since the history began, by a clock that nobody sets.</summary>
    public long At { get; init; }

    public required HistoryKind Kind { get; init; }

    /// <summary>Of invoked, acknowledged and audited: what was asked, for example campaign.create. Of observed: what was done to its files since.</summary>
    public string? Operation { get; init; }

    public string? Campaign { get; init; }

    public string? Capture { get; init; }

    /// <summary>Of an acknowledged campaign, and of a fault that met one: what its captures are. Null in histories from before there was anything but traces.</summary>
    public CaptureKind? CaptureKind { get; init; }

    public int? Attempt { get; init; }

    public string? Agent { get; init; }

    public string? Service { get; init; }

    public CaptureState? State { get; init; }

    /// <summary>Of looked: of the campaign as a whole. Null in histories from before this was written down.</summary>
    public CampaignState? CampaignState { get; init; }

    public CaptureFailure? Failure { get; init; }

    public CapturePhase? Phase { get; init; }

    /// <summary>Of observed: as the agent reported it. Of stored: of the bytes that came back.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Of observed: when the capture ended by the silo's record, in milliseconds of this history.</summary>
    public long? EndedAt { get; init; }

    /// <summary>Of an acknowledged campaign: when it must be over, counted from its creation.</summary>
    public long? DeadlineMs { get; init; }

    /// <summary>Of an acknowledged campaign: how long each of its captures records; 0 where that ends by itself, as a heap snapshot does. Of an observed heap snapshot: how long it stopped its process.</summary>
    public long? RecordingMs { get; init; }

    /// <summary>Of audited: what became of it.</summary>
    public AuditDecision? Decision { get; init; }

    /// <summary>Of settled and released: sessions. Of bound: the limit. Of observed and looked: how many captures the campaign has.</summary>
    public int? Count { get; init; }

    /// <summary>What else there is to say. Of audited and denied: the target. Of acknowledged: the target under which it must be audited, where that is not the capture or campaign.</summary>
    public string? Text { get; init; }

    /// <summary>Of memory: what was read.</summary>
    public MemoryReading? Memory { get; init; }
}

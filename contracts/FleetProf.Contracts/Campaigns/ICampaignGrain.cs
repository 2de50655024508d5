using FleetProf.Contracts.Captures;

namespace FleetProf.Contracts.Campaigns;

/// <summary>One campaign: plans durably, then acts; survives the loss of any process. Key: campaign id.</summary>
[Alias("fleetprof.campaign-grain")]
public interface ICampaignGrain : IGrainWithStringKey
{
    /// <summary>Validates, draws and starts. Repeating it with the same key returns the existing campaign.</summary>
    [Alias("create")]
    Task<CampaignCreation> CreateAsync(CampaignSpec spec, string? parentId, CancellationToken cancellationToken = default);

    /// <summary>Null when no such campaign was created.</summary>
    [Alias("get"), Orleans.Concurrency.AlwaysInterleave]
    Task<Campaign?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>The campaign with no target but this one, for who asks about one of thousands. Null when it has no such capture.</summary>
    [Alias("get-one"), Orleans.Concurrency.AlwaysInterleave]
    Task<Campaign?> GetOneAsync(string captureId, CancellationToken cancellationToken = default);

    /// <summary>Stops every target that is not final; a recurring campaign runs no more. Null when unknown.</summary>
    [Alias("stop")]
    Task<Campaign?> StopAsync(string requestedBy, CancellationToken cancellationToken = default);

    /// <summary>Stops one target. False when it is unknown, or when there is nothing to stop: its recording is here and is being analysed, or it is final.</summary>
    [Alias("stop-target")]
    Task<bool> StopTargetAsync(string captureId, string requestedBy, CancellationToken cancellationToken = default);

    /// <summary>Kept in memory only; a later durable step carries it.</summary>
    [Alias("report-progress")]
    Task ReportProgressAsync(CaptureProgressReport report);

    /// <summary>Durable when it returns. False: stale attempt or unknown capture (the agent may forget it).</summary>
    [Alias("report-result"), Orleans.Concurrency.AlwaysInterleave]
    Task<bool> ReportResultAsync(CaptureReport report);

    /// <summary>Durable when it returns; idempotent.</summary>
    [Alias("report-analysis"), Orleans.Concurrency.AlwaysInterleave]
    Task ReportAnalysisAsync(AnalysisReport report);

    /// <summary>An agent connected: which of its captures it still runs ("captureId#attempt").</summary>
    [Alias("agent-attached")]
    Task AgentAttachedAsync(string agentId, IReadOnlyList<string> runningCaptures);

    /// <summary>Captures of one of its services are on hold: it looks, and stops. Durable when it returns.</summary>
    [Alias("obey-hold")]
    Task ObeyHoldAsync();
}

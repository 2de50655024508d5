using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>What campaigns log.</summary>
internal sealed partial class CampaignGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {CampaignId} was created by {RequestedBy}: {Targets} captures, drawn from {Population} instances with seed {Seed}")]
    private partial void LogCreated(string campaignId, int targets, int population, long seed, string requestedBy);

    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {CampaignId} is stopped by {RequestedBy}")]
    private partial void LogStopped(string campaignId, string requestedBy);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CaptureId} ended: {State} {Failure} {Detail}")]
    private partial void LogCaptureEnded(string captureId, CaptureState state, CaptureFailure failure, string? detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A result of {CaptureId} attempt {Attempt} came from agent '{AgentId}' that nobody waits for")]
    private partial void LogStale(string captureId, int attempt, string agentId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Campaign {CampaignId} could not store a step; it starts again from what is stored")]
    private partial void LogNotWritten(Exception exception, string campaignId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalog rows of campaign {CampaignId} could not be written; the next step writes them")]
    private partial void LogRowsNotWritten(Exception exception, string campaignId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {CampaignId} did not start run {RunId}: {Problem}")]
    private partial void LogRunNotStarted(string campaignId, string runId, string problem);
}

using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>What campaigns log.</summary>
internal sealed partial class CampaignGrain
{
    /// <summary>Of the captures that end in one step; thousands may, and the lists have them all.</summary>
    private const int MostEndsByName = 20;

    private void LogEnds(IReadOnlyList<StoredTarget> ends)
    {
        foreach (var end in ends.Take(MostEndsByName))
        {
            LogCaptureEnded(end.CaptureId, end.State, end.Failure, end.Detail);
        }

        foreach (var (outcome, count) in ends.Skip(MostEndsByName).CountBy(end => (end.State, end.Failure)))
        {
            LogMoreEnded(Id, count, outcome.State, outcome.Failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {CampaignId} was created by {RequestedBy}: {Targets} captures, drawn from {Population} instances with seed {Seed}")]
    private partial void LogCreated(string campaignId, int targets, int population, long seed, string requestedBy);

    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {CampaignId} is stopped by {RequestedBy}")]
    private partial void LogStopped(string campaignId, string requestedBy);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CaptureId} ended: {State} {Failure} {Detail}")]
    private partial void LogCaptureEnded(string captureId, CaptureState state, CaptureFailure failure, string? detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} more captures of campaign {CampaignId} ended: {State} {Failure}")]
    private partial void LogMoreEnded(string campaignId, int count, CaptureState state, CaptureFailure failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {CampaignId} hands {Count} captures to their agents")]
    private partial void LogOrders(string campaignId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A result of {CaptureId} attempt {Attempt} came from agent '{AgentId}' that nobody waits for")]
    private partial void LogStale(string captureId, int attempt, string agentId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Campaign {CampaignId} could not store a step; it starts again from what is stored")]
    private partial void LogNotWritten(Exception exception, string campaignId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalog rows of campaign {CampaignId} could not be written; the next step writes them")]
    private partial void LogRowsNotWritten(Exception exception, string campaignId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {CampaignId} did not start run {RunId}: {Problem}")]
    private partial void LogRunNotStarted(string campaignId, string runId, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Campaign {CampaignId} goes on without its run {RunId}, which cannot be read: {Damage}")]
    private partial void LogRunDamaged(string campaignId, string runId, string damage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Recurring campaign {CampaignId} is stopped: {Problem}")]
    private partial void LogCreatorMayNot(string campaignId, string problem);
}

using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Access.Enrolment;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Campaigns;

/// <summary>
/// Whether the agents of a campaign's captures can still carry them out. One that was revoked or quarantined cannot, nor one whose process another agent watches
/// by now, as after its host has joined anew.
/// </summary>
internal sealed partial class TargetAgents(
    CampaignCandidates candidates, EnrolledTable enrolled, ShutOutAgents shutOut, IOptions<CampaignOptions> options, ILogger<TargetAgents> logger)
{
    /// <summary>What has not begun goes to whoever watches its process now; for the rest nobody waits longer than for a stop.</summary>
    public StoredCampaign Follow(StoredCampaign campaign, DateTimeOffset now)
    {
        var targets = campaign.Targets.Select(target => target.IsFinal ? target : Follow(target, now)).ToList();
        return targets.Zip(campaign.Targets).All(pair => ReferenceEquals(pair.First, pair.Second)) ? campaign : campaign with { Targets = targets };
    }

    /// <summary>Why the agent says nothing of its capture. Null: it may, or nobody knows.</summary>
    public async Task<string?> FindSilenceAsync(StoredTarget target)
    {
        try
        {
            return (await enrolled.FindAsync(target.AgentId))?.ShutOut()
                ?? (WatcherOf(target) is { } other && other != target.AgentId ? $"Agent {other} watches the process by now, and this one was silent." : null);
        }
        catch (Exception exception)
        {
            LogStandingUnknown(exception, target.AgentId);
            return null;
        }
    }

    private StoredTarget Follow(StoredTarget target, DateTimeOffset now)
    {
        var watcher = WatcherOf(target);
        var isMoved = watcher is not null && watcher != target.AgentId && !shutOut.Has(watcher);
        return isMoved && target.State == CaptureState.Pending
            ? target with { AgentId = watcher!, UnreachableSince = null }
            : isMoved || shutOut.Has(target.AgentId) ? target.ShutOut(now, options.Value) : target;
    }

    private string? WatcherOf(StoredTarget target) => candidates.Find(target.InstanceId)?.AgentId;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether agent {AgentId} was revoked could not be read")]
    private partial void LogStandingUnknown(Exception exception, string agentId);
}

using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>Orders of which nobody knows whether they arrived.</summary>
internal sealed partial class CampaignGrain
{
    /// <summary>Nobody knows whether the agent has the order. The same attempt is handed out until somebody does: an agent that has it, or had it, does not run it again.</summary>
    private async Task HandOutAgainAsync(StoredTarget target, StoredCampaign campaign)
    {
        await Task.Delay(options.RetryDelay, clock);
        while (!isBroken && current.Targets.FirstOrDefault(now => now.RunningName == target.RunningName) is { } now && IsUnheard(now, clock.GetUtcNow()))
        {
            // Busy may be this very capture; only yes is an answer here, and no leads to no other attempt.
            if (await orders.StartAsync(Id, now, campaign) == CaptureFailure.None)
            {
                return;
            }

            await Task.Delay(options.RetryDelay, clock);
        }
    }

    /// <summary>Ordered, not heard of, and an agent that is told now would still begin.</summary>
    private bool IsUnheard(StoredTarget target, DateTimeOffset now) => target is { State: CaptureState.Running, Phase: CapturePhase.Queued, HasResult: false, StoppedBy: null, IsPastDeadline: false }
        && now < target.StartedAt + options.StartWindow && progress.GetValueOrDefault(target.CaptureId)?.Attempt != target.Attempt;
}

using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>What agents are told after a step: places given back, orders, and orders of which nobody knows whether they arrived.</summary>
internal sealed partial class CampaignGrain
{
    /// <summary>An agent tells of a capture within a second of its beginning. After this many retry delays it is asked again.</summary>
    private const int SilentDelays = 5;

    /// <summary>
    /// Frees the places on hosts; what is on its way, by agent. Where an agent has told its result, its gateway frees the place before the agent has its word: of
    /// thousands, this one only makes sure when they have theirs, except where something else waits for the host.
    /// </summary>
    private Dictionary<string, Task> FreeHosts(IReadOnlyList<StoredTarget> ends, IReadOnlyList<StoredTarget> starts)
    {
        var awaited = starts.Select(target => target.AgentId).ToHashSet(StringComparer.Ordinal);
        var byGateway = ends.ToLookup(target => IsLarge && target.HasResult && !awaited.Contains(target.AgentId));
        _ = FreeHostsLaterAsync([.. byGateway[true]]);
        return byGateway[false].GroupBy(target => target.AgentId, StringComparer.Ordinal).ToDictionary(agent => agent.Key, agent => FreeHostAsync([.. agent]), StringComparer.Ordinal);
    }

    private async Task FreeHostsLaterAsync(IReadOnlyList<StoredTarget> ends)
    {
        if (ends.Count > 0)
        {
            await Task.Delay(options.RetryDelay, clock);
            await FreeHostAsync(ends);
        }
    }

    private async Task FreeHostAsync(IReadOnlyList<StoredTarget> ends)
    {
        foreach (var target in ends)
        {
            await orders.FreeHostAsync(target);
        }
    }

    /// <summary>A place in the service is free when the one on the host is.</summary>
    private async Task FreeServicesAsync(IReadOnlyList<StoredTarget> ends, IReadOnlyDictionary<string, Task> freed)
    {
        if (ends.Count > 0)
        {
            await Task.WhenAll(freed.Values);
            await orders.FreeServicesAsync(ends);
            Wake();
        }
    }

    /// <summary>One agent, one place: it is freed before it is asked for again.</summary>
    private async Task StartInTurnAsync(IReadOnlyList<StoredTarget> starts, Task freed, StoredCampaign campaign)
    {
        await freed;
        foreach (var target in starts)
        {
            var answer = await orders.StartAsync(Id, target, campaign, Now, () => IsWanted(target));
            starting.Remove(target.RunningName);
            if (answer is { } known && (known != CaptureFailure.None || target.UnreachableSince is not null))
            {
                answers.Add((target.CaptureId, target.Attempt, known));
                Wake();
            }

            if (answer is null or CaptureFailure.None)
            {
                _ = HandOutAgainAsync(target, campaign, isAnswered: answer is not null);
            }
        }
    }

    /// <summary>
    /// The same attempt is handed out until the agent tells of it: an agent that has it, or had it, does not run it again. What was answered with yes may have been
    /// lost too, on a stream that broke while the order was on it.
    /// </summary>
    /// <param name="target">As it was ordered.</param>
    /// <param name="campaign">Whose it is.</param>
    /// <param name="isAnswered">It was handed out; give it time to be heard of.</param>
    private async Task HandOutAgainAsync(StoredTarget target, StoredCampaign campaign, bool isAnswered)
    {
        while (true)
        {
            await Task.Delay(options.RetryDelay * (isAnswered ? SilentDelays : 1), clock);
            if (isBroken || Find(target.CaptureId) is not { } now || now.Attempt != target.Attempt || !IsUnheard(now, Now))
            {
                return;
            }

            // Busy may be this very capture; only yes is an answer here, and no leads to no other attempt.
            isAnswered = await orders.StartAsync(Id, now, campaign, Now, () => IsWanted(now)) == CaptureFailure.None;
        }
    }

    /// <summary>Nobody stopped it since it was ordered: a heap snapshot that has begun cannot be stopped any more.</summary>
    private bool IsWanted(StoredTarget target) =>
        Find(target.CaptureId) is { State: CaptureState.Running, StoppedBy: null, IsPastDeadline: false } now && now.Attempt == target.Attempt;

    /// <summary>Ordered, not heard of, and an agent that is told now would still begin.</summary>
    private bool IsUnheard(StoredTarget target, DateTimeOffset now) => target is { State: CaptureState.Running, Phase: CapturePhase.Queued, HasResult: false, StoppedBy: null, IsPastDeadline: false }
        && now < target.StartedAt + options.StartWindow && progress.GetValueOrDefault(target.CaptureId)?.Attempt != target.Attempt;
}

using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Budgets;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Campaigns;

/// <summary>
/// What campaigns ask of agents and budgets. Nothing here throws: an order without answer may have been carried out. Times are of the campaign that asks, whose
/// clock is its own: only how long something lasts is told to others.
/// </summary>
internal sealed partial class CampaignOrders(
    AgentLookup agents, IGrainFactory grains, HeapStalls stalls, IOptions<CampaignOptions> options, TimeProvider clock, ILogger<CampaignOrders> logger)
{
    /// <summary>A budget outlives the lease of its capture a little, so that the place is free only when the capture is over.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Takes or extends the services' places of captures. Those that have one; a budget that cannot be asked has none.</summary>
    public async Task<IReadOnlySet<string>> AcquireAsync(IEnumerable<StoredTarget> targets, CampaignSpec spec, DateTimeOffset now)
    {
        var acquired = await Task.WhenAll(targets
            .GroupBy(target => (Budget: BudgetKeyOf(target), Lease: target.State == CaptureState.Running
                ? target.LeaseUntil - now
                : options.Value.StartWindow + TimeSpan.FromSeconds(target.TotalSeconds) + options.Value.SilenceLimit))
            .Select(same => AcquireAsync(same.Key.Budget, [.. same], spec.MaxConcurrentPerService, same.Key.Lease + Margin)));
        return acquired.SelectMany(captureIds => captureIds).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The agent's answer; null when there is none and the capture may have started; <see cref="CaptureFailure.Cancelled"/> when it was not asked.</summary>
    /// <param name="campaignId">Whose.</param>
    /// <param name="target">Its capture.</param>
    /// <param name="campaign">As it was when that was ordered.</param>
    /// <param name="now">By the clock of the campaign.</param>
    /// <param name="isWanted">Asked last: it may have been stopped meanwhile.</param>
    public async Task<CaptureFailure?> StartAsync(string campaignId, StoredTarget target, StoredCampaign campaign, DateTimeOffset now, Func<bool> isWanted)
    {
        var spec = campaign.Spec!;
        var order = new CaptureOrder
        {
            CaptureId = target.CaptureId,
            Attempt = target.Attempt,
            CampaignId = campaignId,
            InstanceId = target.InstanceId,
            Kind = target.Kind,
            DurationSeconds = spec.DurationSeconds,
            MaxBytes = spec.MaxBytes,
            ExpiresInSeconds = Math.Max(1, (int)options.Value.StartWindow.TotalSeconds),
            RequestedBy = spec.RequestedBy,
            Reason = spec.Reason,
            WhenPauseOverMs = target.WhenPauseOverMs,
            ArmedSeconds = target.WhenPauseOverMs is null ? 0 : ArmedTime.SecondsOf(now, campaign.DeadlineAt, spec.DurationSeconds),
        };
        try
        {
            if (target.Kind == CaptureKind.Gcdump)
            {
                var rates = await stalls.RatesOfAsync(target.Service, target.Host);
                order = order with
                {
                    MaxStallMs = spec.MaxStallMs ?? (rates.Snapshots > 0 ? options.Value.MaxHeapStall : options.Value.MaxFirstHeapStall).TotalMilliseconds,
                    StallMicrosecondsPerObject = rates.MicrosecondsPerObject,
                    BytesPerObject = rates.BytesPerObject,
                };
            }

            if (!isWanted())
            {
                return CaptureFailure.Cancelled;
            }

            var answer = await agents(target.AgentId).StartCaptureAsync(order);
            if (answer == CaptureFailure.None)
            {
                LogOrdered(target.CaptureId, target.Attempt, target.AgentId);
            }
            else
            {
                LogNotOrdered(target.CaptureId, target.Attempt, target.AgentId, answer);
            }

            CampaignInstruments.StartAnswered(answer);
            return answer;
        }
        catch (Exception exception)
        {
            LogNoAnswer(exception, target.CaptureId, target.Attempt, target.AgentId);
            CampaignInstruments.StartAnswered(null);
            return null;
        }
    }

    public async Task CancelAsync(string agentId, string captureId, int attempt)
    {
        try
        {
            var isTold = await agents(agentId).CancelCaptureAsync(captureId, attempt);
            LogCancelled(captureId, attempt, agentId, isTold);
        }
        catch (Exception exception)
        {
            // Sent again until the agent confirms or the lease ends.
            LogNotTold(exception, captureId, attempt, agentId);
        }
    }

    /// <summary>Frees the place of a capture on its host. What cannot be told now is told later.</summary>
    public Task FreeHostAsync(StoredTarget target) => NowOrLaterAsync([target], async () =>
    {
        try
        {
            await agents(target.AgentId).CaptureEndedAsync(target.CaptureId, target.Attempt);
            return true;
        }
        catch (Exception exception)
        {
            LogNotTold(exception, target.CaptureId, target.Attempt, target.AgentId);
            return false;
        }
    });

    /// <summary>Frees the places of captures in their services. What cannot be told now is told later.</summary>
    public Task FreeServicesAsync(IEnumerable<StoredTarget> targets) => Task.WhenAll(targets.GroupBy(BudgetKeyOf).Select(same => NowOrLaterAsync([.. same], async () =>
    {
        try
        {
            // Silos of the version before named places by their captures alone.
            await grains.GetGrain<IServiceBudgetGrain>(same.Key).ReleaseAllAsync([.. same.SelectMany(target => (string[])[target.RunningName, target.CaptureId])]);
            return true;
        }
        catch (Exception exception)
        {
            LogNoBudget(exception, same.First().CaptureId, same.Key);
            return false;
        }
    })));

    /// <summary>Later, not in the turn of the campaign, which has other captures to go on with.</summary>
    private async Task NowOrLaterAsync(IReadOnlyList<StoredTarget> targets, Func<Task<bool>> free)
    {
        if (!await free())
        {
            _ = Task.Run(() => LaterAsync(targets, free));
        }
    }

    /// <summary>Until they are free, or have become so by themselves: a database or silo that is away for seconds must not cost a place for minutes.</summary>
    private async Task LaterAsync(IReadOnlyList<StoredTarget> targets, Func<Task<bool>> free)
    {
        var began = clock.GetTimestamp();
        var patience = options.Value.StartWindow + TimeSpan.FromSeconds(targets.Max(target => target.TotalSeconds)) + options.Value.SilenceLimit + Margin;
        do
        {
            await Task.Delay(options.Value.RetryDelay, clock);
        }
        while (!await free() && clock.GetElapsedTime(began) < patience);
    }

    /// <returns>Ids of the captures that have a place.</returns>
    private async Task<IEnumerable<string>> AcquireAsync(string budget, IReadOnlyList<StoredTarget> targets, int limit, TimeSpan lease)
    {
        try
        {
            IReadOnlyList<string> places = [.. targets.Select(PlaceOf)];
            var captures = places.Zip(targets).ToDictionary(pair => pair.First, pair => pair.Second.CaptureId, StringComparer.Ordinal);
            return (await grains.GetGrain<IServiceBudgetGrain>(budget).AcquireAllAsync(places, limit, lease)).Select(place => captures[place]);
        }
        catch (Exception exception)
        {
            LogNoBudget(exception, targets[0].CaptureId, budget);
            return [];
        }
    }

    /// <summary>Of the attempt that runs or is to begin: the place of the one before, given back late, is another.</summary>
    private static string PlaceOf(StoredTarget target) => target.State == CaptureState.Running ? target.RunningName : target.StartingName;

    /// <summary>What waits for a pause has places of its own: it may wait for hours, and no other capture is to wait for it.</summary>
    private static string BudgetKeyOf(StoredTarget target) => target.WhenPauseOverMs is null ? target.Service : $"{target.Service} (waiting for a pause)";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The budget of {Service} did not answer for {CaptureId} and what was asked with it")]
    private partial void LogNoBudget(Exception exception, string captureId, string service);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CaptureId} attempt {Attempt} was handed to agent {AgentId}")]
    private partial void LogOrdered(string captureId, int attempt, string agentId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CaptureId} attempt {Attempt} could not be handed to agent {AgentId}: {Answer}")]
    private partial void LogNotOrdered(string captureId, int attempt, string agentId, CaptureFailure answer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No answer came when {CaptureId} attempt {Attempt} was handed to agent {AgentId}; it counts as started")]
    private partial void LogNoAnswer(Exception exception, string captureId, int attempt, string agentId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {AgentId} was asked to stop {CaptureId} attempt {Attempt} (told: {IsTold})")]
    private partial void LogCancelled(string captureId, int attempt, string agentId, bool isTold);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} could not be told about {CaptureId} attempt {Attempt}")]
    private partial void LogNotTold(Exception exception, string captureId, int attempt, string agentId);
}

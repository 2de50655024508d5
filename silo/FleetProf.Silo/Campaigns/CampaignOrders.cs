using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Budgets;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Campaigns;

/// <summary>What campaigns ask of agents and budgets. Nothing here throws: an order without answer may have been carried out.</summary>
internal sealed partial class CampaignOrders(AgentLookup agents, IGrainFactory grains, HeapStalls stalls, IOptions<CampaignOptions> options, TimeProvider clock, ILogger<CampaignOrders> logger)
{
    /// <summary>A budget outlives the lease of its capture a little, so that the place is free only when the capture is over.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Takes or extends the service's place of a capture. False when there is none, or the budget could not be asked.</summary>
    public async Task<bool> AcquireAsync(StoredTarget target, CampaignSpec spec)
    {
        var lease = target.State == CaptureState.Running
            ? target.LeaseUntil - clock.GetUtcNow()
            : options.Value.StartWindow + TimeSpan.FromSeconds(target.TotalSeconds) + options.Value.SilenceLimit;
        try
        {
            return await BudgetOf(target).TryAcquireAsync(target.CaptureId, spec.MaxConcurrentPerService, lease + Margin);
        }
        catch (Exception exception)
        {
            LogNoBudget(exception, target.CaptureId, target.Service);
            return false;
        }
    }

    /// <summary>The agent's answer; null when there is none and the capture may have started.</summary>
    public async Task<CaptureFailure?> StartAsync(string campaignId, StoredTarget target, StoredCampaign campaign)
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
            ArmedSeconds = target.WhenPauseOverMs is null ? 0 : ArmedTime.SecondsOf(clock.GetUtcNow(), campaign.DeadlineAt, spec.DurationSeconds),
        };
        try
        {
            if (target.Kind == CaptureKind.Gcdump)
            {
                var rates = await stalls.RatesOfAsync(target.Service);
                order = order with
                {
                    MaxStallMs = spec.MaxStallMs ?? (rates.Snapshots > 0 ? options.Value.MaxHeapStall : options.Value.MaxFirstHeapStall).TotalMilliseconds,
                    StallMicrosecondsPerObject = rates.MicrosecondsPerObject,
                    BytesPerObject = rates.BytesPerObject,
                };
            }

            var answer = await agents(target.AgentId).StartCaptureAsync(order);
            LogOrdered(target.CaptureId, target.Attempt, target.AgentId, answer);
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

    /// <summary>Frees the places of a capture on its host and in its service. What cannot be told now is told later.</summary>
    public async Task EndAsync(StoredTarget target)
    {
        if (!await TryEndAsync(target))
        {
            // Not in the turn of the campaign, which has other captures to go on with.
            _ = Task.Run(() => EndLaterAsync(target));
        }
    }

    /// <summary>Until both are free, or have become so by themselves: a database or silo that is away for seconds must not cost a place for minutes.</summary>
    private async Task EndLaterAsync(StoredTarget target)
    {
        var freeAt = clock.GetUtcNow() + options.Value.StartWindow + TimeSpan.FromSeconds(target.TotalSeconds) + options.Value.SilenceLimit + Margin;
        do
        {
            await Task.Delay(options.Value.RetryDelay, clock);
        }
        while (!await TryEndAsync(target) && clock.GetUtcNow() < freeAt);
    }

    private async Task<bool> TryEndAsync(StoredTarget target)
    {
        var isFree = true;
        try
        {
            await agents(target.AgentId).CaptureEndedAsync(target.CaptureId, target.Attempt);
        }
        catch (Exception exception)
        {
            isFree = false;
            LogNotTold(exception, target.CaptureId, target.Attempt, target.AgentId);
        }

        try
        {
            await BudgetOf(target).ReleaseAsync(target.CaptureId);
        }
        catch (Exception exception)
        {
            isFree = false;
            LogNoBudget(exception, target.CaptureId, target.Service);
        }

        return isFree;
    }

    /// <summary>What waits for a pause has places of its own: it may wait for hours, and no other capture is to wait for it.</summary>
    private IServiceBudgetGrain BudgetOf(StoredTarget target) =>
        grains.GetGrain<IServiceBudgetGrain>(target.WhenPauseOverMs is null ? target.Service : $"{target.Service} (waiting for a pause)");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The budget of {Service} did not answer for {CaptureId}")]
    private partial void LogNoBudget(Exception exception, string captureId, string service);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CaptureId} attempt {Attempt} was handed to agent {AgentId}: {Answer}")]
    private partial void LogOrdered(string captureId, int attempt, string agentId, CaptureFailure answer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No answer came when {CaptureId} attempt {Attempt} was handed to agent {AgentId}; it counts as started")]
    private partial void LogNoAnswer(Exception exception, string captureId, int attempt, string agentId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {AgentId} was asked to stop {CaptureId} attempt {Attempt} (told: {IsTold})")]
    private partial void LogCancelled(string captureId, int attempt, string agentId, bool isTold);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} could not be told about {CaptureId} attempt {Attempt}")]
    private partial void LogNotTold(Exception exception, string captureId, int attempt, string agentId);
}

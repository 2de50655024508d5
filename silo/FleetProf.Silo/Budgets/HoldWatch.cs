using FleetProf.Contracts.Campaigns;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Hosting;

namespace FleetProf.Silo.Budgets;

/// <summary>
/// Looks for holds every second, whoever placed them in whichever silo: agents of this silo hear of a change by <see cref="HoldBoard.Changed"/>, and
/// campaigns that run are called, so that they see that they may not. It does so for as long as the hold lasts, so that none slips by.
/// </summary>
internal sealed partial class HoldWatch(HoldBoard board, CampaignTable campaigns, IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<HoldWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Looks now.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        var holds = await board.RefreshAsync(cancellationToken);
        if (holds.Count == 0)
        {
            return;
        }

        var running = await campaigns.ListRunningAsync(cancellationToken);
        // One whose services cannot be read is asked itself, which knows them.
        await Task.WhenAll(running.Where(campaign => campaign.Services.Count == 0 || HoldBoard.First(holds, campaign.Services) is not null).Select(campaign => StopAsync(campaign.CampaignId)));
    }

    /// <summary>What was placed or lifted just now is stored. It waits a moment for what follows, which goes on by itself where that takes longer.</summary>
    public async Task FollowAsync()
    {
        try
        {
            await TryAsync(CancellationToken.None).WaitAsync(Patience, clock);
        }
        catch (TimeoutException)
        {
            // Campaigns that do not answer are told again every second.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            do
            {
                await TryAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Without the catalog no campaign takes a step either.
            LogFailed(exception);
        }
    }

    private async Task StopAsync(string campaignId)
    {
        try
        {
            await grains.GetGrain<ICampaignGrain>(campaignId).ObeyHoldAsync();
        }
        catch (Exception exception)
        {
            // In a second again.
            LogNotStopped(exception, campaignId);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Holds of captures could not be read")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {CampaignId} could not be told of a hold; it is told again")]
    private partial void LogNotStopped(Exception exception, string campaignId);
}

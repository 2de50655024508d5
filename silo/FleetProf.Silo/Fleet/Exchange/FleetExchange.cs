using FleetProf.Silo.Hosting;

namespace FleetProf.Silo.Fleet.Exchange;

/// <summary>Keeps the instances of other silos' agents in this silo's live fleet, so that every silo answers for the whole fleet.</summary>
internal sealed partial class FleetExchange(
    LiveFleet live, LiveFleetClient others, ISiloStatusOracle silos, ILocalSiloDetails local, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<FleetExchange> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How far each silo's changes are known.</summary>
    private readonly Dictionary<SiloAddress, long> versions = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            using var timer = new PeriodicTimer(Interval, clock);
            do
            {
                await ExchangeAsync();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agents of this silo go to others now.
        }
    }

    private async Task ExchangeAsync()
    {
        var living = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(local.SiloAddress)).ToList();
        foreach (var gone in versions.Keys.Except(living).ToList())
        {
            versions.Remove(gone);
        }

        live.KeepOthers([.. living.Select(silo => silo.ToParsableString())]);
        var isLookedAt = live.IsLookedAtHere;
        await Task.WhenAll(living.Select(silo => (silo, Since: versions.GetValueOrDefault(silo))).ToList().Select(async other =>
        {
            var told = isLookedAt ? TellAsync(other.silo) : Task.CompletedTask;
            var version = await AskAsync(other.silo, other.Since);
            lock (versions)
            {
                versions[other.silo] = version;
            }

            await told;
        }));
    }

    /// <summary>The version to ask after next time.</summary>
    private async Task<long> AskAsync(SiloAddress silo, long since)
    {
        try
        {
            var changes = await others.ChangesSinceAsync(silo, since).WaitAsync(Patience, clock);
            return live.ShowOthers(silo.ToParsableString(), changes) ? changes.Version : 0;
        }
        catch (Exception exception)
        {
            // It is asked again in a second, or is gone by then.
            LogNotAnswered(silo.ToParsableString(), exception.Message);
            return since;
        }
    }

    private async Task TellAsync(SiloAddress silo)
    {
        try
        {
            await others.LookedAtAsync(silo).WaitAsync(Patience, clock);
        }
        catch (Exception exception)
        {
            // It is told again in a second; one of a version before has its agents send as if somebody looked anyway.
            LogNotTold(silo.ToParsableString(), exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Silo} does not hear that somebody looks at its instances: {Reason}")]
    private partial void LogNotTold(string silo, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Silo} does not tell of its instances: {Reason}")]
    private partial void LogNotAnswered(string silo, string reason);
}

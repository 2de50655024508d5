using System.Globalization;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Callers;

/// <summary>Ends calls of agents that were revoked or quarantined, by whatever silo, and of those whose certificate has run out.</summary>
internal sealed partial class StandingWatch(
    LiveCallers live, ShutOutAgents shutOut, EnrolledTable agents, CertificateAuthority authority, AccessLog log, IOptions<EnrolmentOptions> options, TimeProvider clock,
    ILogger<StandingWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromMinutes(10);

    /// <summary>How long an agent that cannot renew any more is still known: its host may want to know why, and so may who looks for silent hosts.</summary>
    private static readonly TimeSpan KnownAfterGrace = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim turn = new(1);
    private long? lastUpkeep;

    /// <summary>Looks now.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var denied = await agents.ListDeniedAsync(cancellationToken);
            shutOut.Know(denied.Where(agent => agent.Value is AccessReason.Revoked or AccessReason.Quarantined).Select(agent => agent.Key));
            var now = clock.GetUtcNow();
            foreach (var caller in live.All.Where(caller => caller.Denial == AccessReason.None))
            {
                if (!denied.TryGetValue(caller.AgentId, out var reason))
                {
                    reason = IsOver(caller, now) ? await WhyOverAsync(caller, cancellationToken) : AccessReason.None;
                }

                if (reason is not (AccessReason.None or AccessReason.Renewed))
                {
                    log.Decided("call", reason, caller.AgentId, "a call under way");
                }

                caller.Deny(reason);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.StandingInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Requests to join that nobody approved do not wait for ever, and agents of hosts that are gone are not kept for ever: who joins again gets a new id.</summary>
    private async Task KeepUpAsync(CancellationToken cancellationToken)
    {
        if (lastUpkeep is { } last && clock.GetElapsedTime(last) < UpkeepInterval)
        {
            return;
        }

        if (await agents.ExpirePendingAsync(clock.GetUtcNow() - options.Value.PendingLife, cancellationToken) is > 0 and var expired)
        {
            log.Changed("expired agents that nobody approved", expired.ToString(CultureInfo.InvariantCulture), AgentRows.Silo);
        }

        if (await agents.ForgetGoneAsync(options.Value.RenewalGrace + KnownAfterGrace, cancellationToken) is > 0 and var gone)
        {
            log.Changed("forgot agents whose certificate ended long ago", gone.ToString(CultureInfo.InvariantCulture), AgentRows.Silo);
        }

        lastUpkeep = clock.GetTimestamp();
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken);
            await KeepUpAsync(cancellationToken);
            if (authority.Refresh())
            {
                log.Changed("took over changed keys of the authority", AuthorityKeys.HashOf(authority.Keys.Root), "fleetprof");
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // New calls are refused while the catalog is away; those under way are looked at again in a moment.
            LogFailed(exception);
        }
    }

    /// <summary>Renewing is a call of a moment, with a certificate that may be over.</summary>
    private static bool IsOver(AgentCaller caller, DateTimeOffset now) => now > caller.ExpiresAt + CertificateForms.ClockSkew && !caller.IsRenewing;

    /// <summary>A stream keeps the certificate that it was opened with, and an agent that is well has another long since: it is told to come again, and nobody else is told anything.</summary>
    private async Task<AccessReason> WhyOverAsync(AgentCaller caller, CancellationToken cancellationToken) =>
        await agents.FindAsync(caller.AgentId, cancellationToken) is { } row && row.Serial != caller.Serial ? AccessReason.Renewed : AccessReason.Expired;

    [LoggerMessage(Level = LogLevel.Error, Message = "Live connections of agents could not be checked")]
    private partial void LogFailed(Exception exception);
}

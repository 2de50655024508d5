using System.Globalization;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Callers;

/// <summary>Ends calls of agents that were revoked or quarantined, by whatever silo, and of those whose certificate has run out.</summary>
internal sealed partial class StandingWatch(
    LiveCallers live, ShutOutAgents shutOut, EnrolledTable agents, AccessLog log, IOptions<EnrolmentOptions> options, TimeProvider clock, ILogger<StandingWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromMinutes(10);

    /// <summary>How long an agent that cannot renew any more is still known: its host may want to know why, and so may who looks for silent hosts.</summary>
    private static readonly TimeSpan KnownAfterGrace = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim turn = new(1);
    private readonly long startedAt = clock.GetTimestamp();
    private long? lastUpkeep;

    /// <summary>After so long every agent that lives has come.</summary>
    private TimeSpan Round => options.Value.CertificateLife + options.Value.RenewalGrace;

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

    /// <summary>
    /// Requests to join that nobody approved do not wait for ever, and agents of hosts that are gone are not kept for ever: who joins again gets a new id.
    /// Not before a silo has run for a while: in a catalog that was restored from an old backup all seem gone until they come, or wait for an approval
    /// that they had.
    /// </summary>
    public async Task KeepUpAsync(CancellationToken cancellationToken = default)
    {
        if (clock.GetElapsedTime(startedAt) < Round || lastUpkeep is { } last && clock.GetElapsedTime(last) < UpkeepInterval)
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

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    /// <summary>What is revoked ends within seconds, however long the upkeep waits for its turn to write.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync("Live connections of agents", CheckAsync, stoppingToken),
        RepeatAsync("Agents that are gone or wait for approval", KeepUpAsync, stoppingToken));

    private async Task RepeatAsync(string what, Func<CancellationToken, Task> look, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.StandingInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(what, look, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task TryAsync(string what, Func<CancellationToken, Task> look, CancellationToken cancellationToken)
    {
        try
        {
            await look(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // New calls are refused while the catalog is away; those under way are looked at again in a moment.
            LogFailed(exception, what);
        }
    }

    /// <summary>Renewing is a call of a moment, with a certificate that may be over.</summary>
    private static bool IsOver(AgentCaller caller, DateTimeOffset now) => now > caller.ExpiresAt + CertificateForms.ClockSkew && !caller.IsRenewing;

    /// <summary>A stream keeps the certificate that it was opened with, and an agent that is well has another long since: it is told to come again, and nobody else is told anything.</summary>
    private async Task<AccessReason> WhyOverAsync(AgentCaller caller, CancellationToken cancellationToken) =>
        await agents.FindAsync(caller.AgentId, cancellationToken) is { } row && row.Serial != caller.Serial ? AccessReason.Renewed : AccessReason.Expired;

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} could not be checked")]
    private partial void LogFailed(Exception exception, string what);
}

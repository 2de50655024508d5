using System.Diagnostics.Metrics;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Enrolment;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>
/// Keeps the authority's keys as they are in its folder, and tells log and metrics in time of an issuer that cannot be replaced. In a loop of its own: the
/// folder may lie on a share that hangs, and nothing else waits for that.
/// </summary>
internal sealed partial class AuthorityWatch : BackgroundService
{
    public const string Name = "fleetprof.authority.issuer.remaining";

    private static readonly TimeSpan TellInterval = TimeSpan.FromDays(1);

    private readonly CertificateAuthority authority;
    private readonly AccessLog log;
    private readonly IOptions<EnrolmentOptions> options;
    private readonly TimeProvider clock;
    private readonly ILogger<AuthorityWatch> logger;
    private long? toldAt;

    public AuthorityWatch(CertificateAuthority authority, AccessLog log, IOptions<EnrolmentOptions> options, TimeProvider clock, ILogger<AuthorityWatch> logger)
    {
        (this.authority, this.log, this.options, this.clock, this.logger) = (authority, log, options, clock, logger);
        Meter.CreateObservableGauge(Name, () => (IssuerEndsAt - clock.GetUtcNow()).TotalSeconds, "s", "Time until the issuer of certificates of agents and silos ends, and they with it; not above 0 when it has.");
    }

    internal Meter Meter { get; } = new("FleetProf.Authority");

    private DateTimeOffset IssuerEndsAt => new DateTimeOffset(authority.Keys.Issuer.NotAfter).ToUniversalTime();

    /// <summary>Looks now.</summary>
    public void Look()
    {
        if (authority.Refresh())
        {
            log.Changed("took over changed keys of the authority", AuthorityKeys.HashOf(authority.Keys.Root), AgentRows.Silo);
        }

        var (end, now) = (IssuerEndsAt, clock.GetUtcNow());
        var isTold = toldAt is { } at && clock.GetElapsedTime(at) < TellInterval;
        if (end - now < CertificateAuthority.IssuerReserve && !isTold && !authority.HasRootKey)
        {
            toldAt = clock.GetTimestamp();
            LogEnds(end > now ? "ends" : "ended", end, Path.Combine(authority.Folder, "roots"));
        }
    }

    public override void Dispose()
    {
        Meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.StandingInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // A silo that stops does not wait for a call to a file that does not come back.
                await Task.Run(TryLook, stoppingToken).WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The issuer of the certificate authority {Ends} at {End:u}, and with it every certificate of agents and of this silo for them. It is replaced by itself as soon as the root's key is in {Folder}: put it back there for a minute")]
    private partial void LogEnds(string ends, DateTimeOffset end, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Keys of the certificate authority could not be looked at")]
    private partial void LogFailed(Exception exception);
}

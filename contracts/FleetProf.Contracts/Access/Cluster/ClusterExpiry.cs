namespace FleetProf.Contracts.Access.Cluster;

/// <summary>Warns in time that the certificate of a <see cref="ClusterFolder"/> ends: nothing renews it by itself, and after its end no silo or portal talks to another.</summary>
/// <param name="folder">Read at every look.</param>
/// <param name="clock">Decides what time is left, and when to look.</param>
/// <param name="warn">Told at every look within <see cref="Notice"/> of the end, with the next step.</param>
public sealed class ClusterExpiry(ClusterFolder folder, TimeProvider clock, Action<string> warn)
{
    /// <summary>How long before the end warnings begin.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromDays(14);

    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>Until the certificate, or its issuer's, ends; not above zero when it has. Null: the files cannot be read now.</summary>
    public TimeSpan? Left()
    {
        try
        {
            return EndsAt() - clock.GetUtcNow();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Looks now.</summary>
    public void Look()
    {
        try
        {
            var (end, now) = (EndsAt(), clock.GetUtcNow());
            if (end - now < Notice)
            {
                warn($"The certificate in {folder.Path} {(end > now ? "ends" : "ended")} at {end:u}; without another no silo or portal talks to this one. Make new files with `fleetprof ca cluster` and replace these; no restart is needed.");
            }
        }
        catch (IOException unusable)
        {
            warn(unusable.Message);
        }
    }

    /// <summary>Looks now and every <see cref="Interval"/>.</summary>
    /// <exception cref="OperationCanceledException">The only way in which it ends.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            Look();
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private DateTimeOffset EndsAt()
    {
        using var credential = folder.Read();
        return credential.Issuers.Prepend(credential.Own).Min(certificate => new DateTimeOffset(certificate.NotAfter)).ToUniversalTime();
    }
}

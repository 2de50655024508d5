namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Keeps the lease of the upkeep, and where this silo has it, takes over what silos that are gone have left.</summary>
internal sealed partial class ClusterWatch(
    UpkeepLease lease,
    MembershipTable members,
    SiloIdentity identity,
    IEnumerable<TakeoverStep> steps,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<ClusterWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>Silos that lived at the last look; null: not looked yet since the lease was taken.</summary>
    private HashSet<string>? living;

    /// <summary>Steps that are still to be done, or to be tried again.</summary>
    private readonly HashSet<TakeoverStep> open = [];

    /// <summary>Beside the looks: steps may take longer than the lease lives.</summary>
    private Task working = Task.CompletedTask;

    /// <summary>The long ones, beside the others.</summary>
    private Task workingLong = Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            using var timer = new PeriodicTimer(Interval, clock);
            do
            {
                await TryLookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(working, workingLong).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryReleaseAsync();
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A database that is away is told by everybody who needs it.
            LogNotLooked(exception.Message);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await lease.RenewAsync(cancellationToken))
        {
            LogTaken(identity.Name);
            lock (open)
            {
                living = null;
            }
        }

        if (!lease.IsHeld)
        {
            return;
        }

        var now = (await members.ListLivingAsync(cancellationToken)).Append(identity.Name).ToHashSet(StringComparer.Ordinal);
        Note(now);
        if (working.IsCompleted)
        {
            working = WorkAsync(isLong: false, cancellationToken);
        }

        if (workingLong.IsCompleted)
        {
            workingLong = WorkAsync(isLong: true, cancellationToken);
        }
    }

    private void Note(HashSet<string> now)
    {
        lock (open)
        {
            var gone = living?.Except(now).ToList();
            if (gone is null or { Count: > 0 })
            {
                LogTakingOver(gone is null ? "every earlier silo" : string.Join(", ", gone));
                open.UnionWith(steps);
            }

            living = now;
        }
    }

    private async Task WorkAsync(bool isLong, CancellationToken cancellationToken)
    {
        foreach (var step in steps.Where(one => one.IsLong == isLong))
        {
            if (Take(step) is { } now)
            {
                await TryAsync(step, now, cancellationToken);
            }
        }
    }

    /// <summary>
    /// The silos that live by now where the step is to be done: others may have gone while the steps before it were. It is taken before it is done, so
    /// that what is asked for meanwhile is done once more.
    /// </summary>
    private HashSet<string>? Take(TakeoverStep step)
    {
        lock (open)
        {
            return living is not null && open.Remove(step) ? living : null;
        }
    }

    private async Task TryAsync(TakeoverStep step, HashSet<string> now, CancellationToken cancellationToken)
    {
        try
        {
            await step.Run(now, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogStepFailed(exception, step.Name);
            lock (open)
            {
                open.Add(step);
            }
        }
    }

    private async Task TryReleaseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Farewell, clock);
            await lease.ReleaseAsync(limit.Token);
        }
        catch (Exception exception)
        {
            LogNotReleased(exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo ({Silo}) keeps up the database from now on")]
    private partial void LogTaken(string silo);

    [LoggerMessage(Level = LogLevel.Information, Message = "Taking over from {Gone}")]
    private partial void LogTakingOver(string gone);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Taking over {Step} failed and is tried again")]
    private partial void LogStepFailed(Exception exception, string step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silos of this database could not be looked at: {Reason}")]
    private partial void LogNotLooked(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The upkeep was not handed on, another silo takes it in a while: {Reason}")]
    private partial void LogNotReleased(string reason);
}

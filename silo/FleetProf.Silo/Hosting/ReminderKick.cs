namespace FleetProf.Silo.Hosting;

/// <summary>
/// After a full restart nothing wakes the grains that were at work: their timers died and the next tick of a reminder may
/// be a whole period away. So the silo ticks them itself, once. Reminders may double anyway; grains allow for that.
/// </summary>
internal sealed partial class ReminderKick(
    IReminderTable reminders,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<ReminderKick> logger) : BackgroundService
{
    /// <summary>Reminders with a later next tick are schedules; ticking them early would be wrong.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(2);

    private const int Parallelism = 8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            var rows = await reminders.ReadRows(0, 0, stoppingToken);
            var now = clock.GetUtcNow().UtcDateTime;
            var due = rows.Reminders.Where(row => NextTick(row, now) - now <= Horizon).ToList();
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = stoppingToken },
                async (row, _) => await KickAsync(row, now));
            LogKicked(due.Count);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down: the next start kicks.
        }
        catch (Exception exception)
        {
            LogNotRead(exception);
        }
    }

    private static DateTime NextTick(ReminderEntry row, DateTime now)
    {
        if (row.StartAt >= now)
        {
            return row.StartAt;
        }

        var missed = (now - row.StartAt).Ticks / Math.Max(1, row.Period.Ticks);
        return row.StartAt + TimeSpan.FromTicks((missed + 1) * row.Period.Ticks);
    }

    private async Task KickAsync(ReminderEntry row, DateTime now)
    {
        try
        {
            await grains.GetGrain<IRemindable>(row.GrainId).ReceiveReminder(row.ReminderName, new TickStatus(row.StartAt, row.Period, now));
        }
        catch (Exception exception)
        {
            // Its regular tick follows.
            LogNotKicked(exception, row.GrainId.ToString(), row.ReminderName);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ticked {Count} reminders after the start")]
    private partial void LogKicked(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder {Reminder} of {GrainId} could not be ticked at the start; its next regular tick follows")]
    private partial void LogNotKicked(Exception exception, string grainId, string reminder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reminders could not be read at the start; grains wait for their regular ticks")]
    private partial void LogNotRead(Exception exception);
}

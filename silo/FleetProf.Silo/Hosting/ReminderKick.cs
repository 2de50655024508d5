namespace FleetProf.Silo.Hosting;

/// <summary>
/// After a full restart, or the end of one of several silos, nothing wakes the grains that were at work: their timers died and the next tick
/// of a reminder may be a whole period away. So the silo that takes over ticks them itself, once. Reminders may double anyway; grains allow for that.
/// </summary>
internal sealed partial class ReminderKick(
    IReminderTable reminders,
    IGrainFactory grains,
    TimeProvider clock,
    ILogger<ReminderKick> logger)
{
    /// <summary>Reminders with a later next tick are schedules; ticking them early would be wrong.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(2);

    private const int Parallelism = 8;
    private const int Tries = 4;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    /// <summary>Ticks every reminder that is not a schedule.</summary>
    public async Task KickAsync(CancellationToken cancellationToken = default)
    {
        var rows = await reminders.ReadRows(0, 0, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var due = rows.Reminders.Where(row => NextTick(row, now) - now <= Horizon).ToList();
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (row, token) => await KickAsync(row, now, token));
        LogKicked(due.Count);
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

    private async Task KickAsync(ReminderEntry row, DateTime now, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await grains.GetGrain<IRemindable>(row.GrainId).ReceiveReminder(row.ReminderName, new TickStatus(row.StartAt, row.Period, now), cancellationToken);
                return;
            }
            catch (Exception) when (attempt < Tries)
            {
                // Where a silo has just gone, its grains cannot be called for a moment.
                await Task.Delay(RetryDelay, clock, cancellationToken);
            }
            catch (Exception exception)
            {
                // Its regular tick follows.
                LogNotKicked(exception, row.GrainId.ToString(), row.ReminderName);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ticked {Count} reminders after silos were gone")]
    private partial void LogKicked(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder {Reminder} of {GrainId} could not be ticked; its next regular tick follows")]
    private partial void LogNotKicked(Exception exception, string grainId, string reminder);
}

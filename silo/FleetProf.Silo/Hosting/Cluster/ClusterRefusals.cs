namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Tells the log which peers were not let into the cluster. A peer that tries for ever does not fill it.</summary>
internal sealed partial class ClusterRefusals(TimeProvider clock, ILogger<ClusterRefusals> logger)
{
    private const int MostPerMinute = 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long since = clock.GetTimestamp();
    private int told;

    public void Tell(string reason)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (clock.GetElapsedTime(since, now) >= Minute)
            {
                (since, told) = (now, 0);
            }

            if (told++ >= MostPerMinute)
            {
                return;
            }
        }

        LogRefused(reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection of the cluster was refused. {Reason}")]
    private partial void LogRefused(string reason);
}

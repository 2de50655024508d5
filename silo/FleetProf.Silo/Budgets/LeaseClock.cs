namespace FleetProf.Silo.Budgets;

/// <summary>The wall clock as it was at first, going on by the clock that only goes on: leases and deadlines have their time whatever somebody does to the host's clock meanwhile.</summary>
internal sealed class LeaseClock(TimeProvider clock)
{
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private readonly long startedStamp = clock.GetTimestamp();

    public DateTimeOffset Now => startedAt + clock.GetElapsedTime(startedStamp);
}

namespace FleetProf.Measures.GcPauses.Tracking;

/// <summary>What one collection has of a stop of the world, in ticks. The shares of all its collections together are the stop.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="Until">Where it ends.</param>
/// <param name="SuspendTicks">Of it, until all threads had stopped.</param>
/// <param name="ResumeTicks">Of it, until all ran again.</param>
/// <param name="WithoutTicks">Another collection's in between.</param>
internal readonly record struct StopShare(long From, long Until, long SuspendTicks = 0, long ResumeTicks = 0, long WithoutTicks = 0)
{
    public long Ticks => Until - From - WithoutTicks;
}

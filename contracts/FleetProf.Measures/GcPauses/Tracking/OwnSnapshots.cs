namespace FleetProf.Measures.GcPauses.Tracking;

/// <summary>The times at which we ourselves made the target collect. Remembers the last eight.</summary>
internal sealed class OwnSnapshots
{
    private readonly (long From, long Until)[] spans = new (long, long)[8];
    private int count;

    public void Begin(long fromTicks) => spans[count++ % spans.Length] = (fromTicks, long.MaxValue);

    public void End(long untilTicks)
    {
        for (var i = 0; i < spans.Length; i++)
            if (spans[i].Until == long.MaxValue)
                spans[i].Until = untilTicks;
    }

    public bool Covers(long ticks)
    {
        for (var i = 0; i < Math.Min(count, spans.Length); i++)
            if (ticks >= spans[i].From && ticks <= spans[i].Until)
                return true;
        return false;
    }
}

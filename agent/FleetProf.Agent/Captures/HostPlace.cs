namespace FleetProf.Agent.Captures;

/// <summary>The one place for captures on this host. A capture that waits for a pause has none while it waits. Thread-safe.</summary>
internal sealed class HostPlace
{
    private int isTaken;

    public bool TryTake() => Interlocked.Exchange(ref isTaken, 1) == 0;

    /// <summary>For whoever took it.</summary>
    public void GiveBack() => Interlocked.Exchange(ref isTaken, 0);
}

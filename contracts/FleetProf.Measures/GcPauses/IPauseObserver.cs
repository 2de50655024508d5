namespace FleetProf.Measures.GcPauses;

/// <summary>Takes what a <see cref="PauseTracker"/> concludes, in the order of conclusion.</summary>
public interface IPauseObserver
{
    /// <summary>A pause has ended. Comes before the <see cref="OnGc"/> of its collection.</summary>
    void OnPause(in GcPause pause);

    /// <summary>A collection is complete.</summary>
    void OnGc(in GcRecord gc);

    /// <summary>The world was stopped for something else than a collection (debugger, sampling profiler, tiering ...).</summary>
    void OnOtherSuspension(long endTicks, double suspensionMs);

    /// <summary>This many collections happened and could not be measured: events were lost, or watching began inside one.</summary>
    void OnMissedGcs(long ticks, int count);
}

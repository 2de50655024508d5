using FleetProf.Measures.GcPauses;

namespace FleetProf.Faults.Memory;

/// <summary>Hears of collections and keeps what the last whole one left alive.</summary>
internal sealed class FullCollections : IPauseObserver
{
    private const int Oldest = 2;

    /// <summary>Bytes of the objects, without the free space between them; null when there was no such collection.</summary>
    public long? LiveBytes { get; private set; }

    public void OnPause(in GcPause pause)
    {
    }

    /// <summary>One that runs beside the program leaves what dies meanwhile.</summary>
    public void OnGc(in GcRecord gc)
    {
        if (gc is { Generation: Oldest, Kind: GcKind.Blocking, HasStatistics: true })
        {
            LiveBytes = gc.Statistics.PromotedBytes;
        }
    }

    public void OnOtherSuspension(long endTicks, double suspensionMs)
    {
    }

    public void OnMissedGcs(long ticks, int count)
    {
    }
}

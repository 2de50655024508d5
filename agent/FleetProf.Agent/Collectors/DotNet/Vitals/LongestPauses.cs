using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>The three longest pauses of a window.</summary>
internal sealed class LongestPauses
{
    private const int Kept = 3;
    private readonly List<LongGc> longest = new(Kept + 1);

    public IReadOnlyList<LongGc> Longest => longest;

    public void Add(in GcPause pause, DateTimeOffset ended)
    {
        if (longest.Count == Kept && pause.PauseMs <= longest[^1].PauseMs) return;
        var place = longest.Count;
        while (place > 0 && longest[place - 1].PauseMs < pause.PauseMs) place--;
        longest.Insert(place, new LongGc
        {
            Number = (uint)pause.Number,
            Generation = (uint)pause.Generation,
            Kind = (PauseKind)pause.Kind,
            Reason = GcReasons.NameOf(pause.Reason),
            PauseMs = pause.PauseMs,
            SuspendMs = pause.SuspendMs,
            EndedUnixMs = ended.ToUnixTimeMilliseconds(),
        });
        if (longest.Count > Kept) longest.RemoveAt(Kept);
    }

    /// <summary>What a collection promoted is known only once it is complete.</summary>
    public void Complete(in GcRecord gc)
    {
        foreach (var pause in longest)
            if (pause.Number == gc.Number)
                pause.PromotedBytes = gc.Statistics.PromotedBytes;
    }
}

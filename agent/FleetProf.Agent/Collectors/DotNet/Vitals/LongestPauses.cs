using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>The three longest pauses of a window.</summary>
internal sealed class LongestPauses
{
    private const int Kept = 3;
    private readonly List<LongGc> longest = new(Kept + 1);

    public IReadOnlyList<LongGc> Longest => longest;

    public void Add(in GcPause pause, GcCause cause, DateTimeOffset ended)
    {
        if (longest.Count == Kept && pause.PauseMs <= longest[^1].PauseMs) return;
        var place = longest.Count;
        while (place > 0 && longest[place - 1].PauseMs < pause.PauseMs) place--;
        longest.Insert(place, Of(pause, cause, ended));
        if (longest.Count > Kept) longest.RemoveAt(Kept);
    }

    /// <summary>What a collection did is known only once it is complete. One that has not made it to the longest leaves no trace.</summary>
    public void Complete(in GcRecord gc, in GcFinding finding)
    {
        foreach (var pause in longest)
        {
            if (pause.Number == gc.Number) Complete(pause, gc, finding);
        }
    }

    /// <summary>A pause as a message, without what is known only at the end of its collection.</summary>
    public static LongGc Of(in GcPause pause, GcCause cause, DateTimeOffset ended) => new()
    {
        Number = (uint)pause.Number,
        Generation = (uint)pause.Generation,
        Kind = (PauseKind)pause.Kind,
        Reason = GcReasons.NameOf(pause.Reason),
        PauseMs = pause.PauseMs,
        SuspendMs = pause.SuspendMs,
        EndedUnixMs = ended.ToUnixTimeMilliseconds(),
        Cause = (PauseCause)cause,
    };

    public static void Complete(LongGc pause, in GcRecord gc, in GcFinding finding)
    {
        pause.PromotedBytes = gc.Statistics.PromotedBytes;
        // Of a background collection, the sentence is on the whole of it.
        pause.Evidence = GcCauseText.Say(gc, finding);
        pause.Detail = GcDetails.Of(gc, finding);
    }
}

using FleetProf.Contracts.GcPauses;

namespace FleetProf.Portal.GcPauses;

/// <summary>One part of a pause, in milliseconds.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Ms">Its length.</param>
/// <param name="Series">Number of its colour; 0 for what is no work of the GC.</param>
/// <param name="Meaning">What happens in it.</param>
internal sealed record GcPhase(string Name, double Ms, int Series, string Meaning)
{
    /// <summary>
    /// The parts of the pause in the order in which they happen; together they are the pause. The runtime tells its phases by a clock of its own
    /// and leaves out what lies between them: that is the rest. Marking of a background GC is no pause and is left out.
    /// </summary>
    public static IReadOnlyList<GcPhase> Of(LongGc gc)
    {
        if (gc.Detail is not { } detail)
        {
            return [];
        }

        var work = Math.Max(0, detail.PauseMs - detail.SuspendMs - detail.ResumeMs);
        GcPhase[] told = gc.Kind == "background" ? [] :
        [
            new("mark", detail.MarkMs, 1, "Finding what is alive, from the roots on."),
            new("plan", detail.PlanMs, 2, "Deciding where the survivors go, and whether to move them at all."),
            new("relocate", detail.RelocateMs, 3, "Pointing all references to the new places."),
            new("compact", detail.CompactMs, 4, "Moving the survivors."),
            new("sweep", detail.SweepMs, 5, "Making lists of the free space instead of moving."),
        ];

        // Two clocks: what the phases say may be a little more than what the pause leaves for them.
        var sum = told.Sum(phase => phase.Ms);
        var scale = sum > work && sum > 0 ? work / sum : 1;
        return
        [
            .. new GcPhase[] { new("suspend", detail.SuspendMs, 0, "Until all threads had stopped.") }
                .Concat(told.Select(phase => phase with { Ms = phase.Ms * scale }))
                .Append(new(gc.Kind == "background" ? "work of both stops" : "other work", Math.Max(0, work - (sum * scale)), 6, "What the runtime does not divide."))
                .Append(new("resume", detail.ResumeMs, 0, "Until all threads ran again."))
                .Where(phase => phase.Ms > 1e-6),
        ];
    }
}

using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using PauseKind = FleetProf.Measures.GcPauses.PauseKind;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

public class WindowTallyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);

    /// <summary>As a target makes them up: what it says must not grow to frames that no silo takes.</summary>
    [Fact]
    public void Sketches_OfPausesOfAllLengthsAndCauses_StaySmallAndCountEachPause()
    {
        var tally = new WindowTally(Noon, Noon.AddSeconds(10));
        var added = 0L;
        for (var generation = 0; generation <= 2; generation++)
        {
            foreach (var kind in Enum.GetValues<PauseKind>())
            {
                foreach (var cause in Enum.GetValues<GcCause>()) added += AddAllLengths(tally, generation, kind, cause);
            }
            tally.ToMessage("a", isPartial: true);
        }

        var window = tally.ToMessage("a", isPartial: false);

        Assert.InRange(window.CalculateSize(), 0, 64 << 10);
        Assert.Equal(added, window.Pauses.Sum(pause => DdSketch.FromBytes(pause.Sketch.Span).Count));
        Assert.Equal(12, window.Pauses.Count);
        Assert.All(window.Pauses, pause => Assert.Equal((PauseCause)GcCause.Unknown, pause.Cause));
    }

    [Fact]
    public void Sketches_OfFewLengths_KeepEveryCause()
    {
        var tally = new WindowTally(Noon, Noon.AddSeconds(10));
        foreach (var cause in Enum.GetValues<GcCause>()) Add(tally, 0, PauseKind.Blocking, cause, pauseMs: 5);

        Assert.Equal(Enum.GetValues<GcCause>().Select(cause => (PauseCause)cause), tally.ToMessage("a", isPartial: false).Pauses.Select(pause => pause.Cause));
    }

    /// <summary>How many.</summary>
    private static int AddAllLengths(WindowTally tally, int generation, PauseKind kind, GcCause cause)
    {
        const int Lengths = 900;
        for (var i = 0; i < Lengths; i++) Add(tally, generation, kind, cause, 0.001 * Math.Pow(1.02, i));
        return Lengths;
    }

    private static void Add(WindowTally tally, int generation, PauseKind kind, GcCause cause, double pauseMs) =>
        tally.AddPause(new GcPause(1, generation, kind, GcReason.AllocSmall, 0, 0, pauseMs, 0, 0, IsOwn: false), cause, Noon);
}

using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.GcPauses;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class GcPhaseTests
{
    [Theory]
    [InlineData("blocking", 4, 0, "suspend, mark, plan, sweep, other work, resume")]
    [InlineData("blocking", 4, 2, "suspend, mark, plan, compact, sweep, other work, resume")]
    [InlineData("blocking", 90, 0, "suspend, mark, plan, sweep, resume")]
    [InlineData("background", 90, 0, "suspend, work of both stops, resume")]
    public void Phases_OfAGc_AreItsPauseInOrder(string kind, double markMs, double compactMs, string expected)
    {
        var detail = new LongGcDetail { PauseMs = 12, SuspendMs = 1, ResumeMs = 0.5, MarkMs = markMs, PlanMs = 1, CompactMs = compactMs, SweepMs = 2 };

        var phases = GcPhase.Of(new LongGc { Instance = "a", Kind = kind, Detail = detail });

        Assert.Equal(expected, string.Join(", ", phases.Select(phase => phase.Name)));
        Assert.Equal(12, phases.Sum(phase => phase.Ms), 1e-9);
    }

    [Fact]
    public void Phases_WithoutARecord_AreNone() => Assert.Empty(GcPhase.Of(new LongGc { Instance = "a" }));
}

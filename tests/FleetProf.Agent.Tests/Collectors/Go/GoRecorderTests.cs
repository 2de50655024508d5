using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Agent.Tests.Collectors.Go;

public class GoRecorderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Go's own times stand still while the host sleeps; those of the kernel do not.</summary>
    [Theory]
    [InlineData(3600, 1, 0)]
    [InlineData(0, 0, 1)]
    public void Add_LineOlderThanASleepOfTheHost_IsTheProgramsOwn(int sleptSeconds, long own, long foreign)
    {
        var recorder = new GoRecorder(new VitalsWindowing("i", () => null, Noon), new ProcessAge(TimeSpan.FromSeconds(3700), TimeSpan.FromSeconds(sleptSeconds)), new SteppedClock(Noon));

        recorder.Add(Line, Noon);

        Assert.Equal((own, foreign), (recorder.OwnGcs, recorder.ForeignGcs));
    }

    [Fact]
    public void HostSlept_OfThisHost_IsNoMoreThanItsUptime() => Assert.InRange(ProcessAge.HostSlept(), TimeSpan.Zero, TimeSpan.FromDays(10_000));

    private static GoGc Line => new()
    {
        Run = 1, Number = 1, AtSeconds = 99.9, CpuPercentSinceStart = 5, SweepTerminationMs = 1, ConcurrentMs = 8, MarkTerminationMs = 1, AssistCpuMs = 0, BackgroundCpuMs = 0, IdleCpuMs = 0,
        HeapBeforeMiB = 10, HeapAfterMiB = 12, LiveMiB = 4, GoalMiB = 12, Processors = 2,
    };
}

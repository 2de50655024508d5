using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class TrendStepsTests
{
    private static readonly TrendRange Hour = new(0, 3_600_000, 10_000);

    [Fact]
    public void Merge_ForWhoeverAskedNoMore_AddsNoOtherWindow()
    {
        using var asking = new CancellationTokenSource();
        var read = 0;

        Assert.Throws<OperationCanceledException>(() => TrendSteps.Merge(Windows(), [], Hour, asking.Token));

        Assert.Equal(2, read);

        IEnumerable<FleetWindow> Windows()
        {
            for (var start = 0L; start < 10 * PauseWindow.LengthMs; start += PauseWindow.LengthMs)
            {
                read++;
                if (read == 2)
                {
                    asking.Cancel();
                }

                yield return FleetWindow.Of([new PauseWindow { InstanceId = "a", StartMs = start, WindowMs = PauseWindow.LengthMs }], start);
            }
        }
    }

    [Fact]
    public void Merge_ForWhoeverAskedNoMore_CountsNoInstance() => Assert.Throws<OperationCanceledException>(
        () => TrendSteps.Merge([], [new InstanceSpan("a", 0, 3_600_000)], Hour, new CancellationToken(canceled: true)));
}

using FleetProf.Measures.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses;

/// <summary>Stops of the world that two collections share.</summary>
public sealed class SharedStopTests
{
    private readonly PauseScript script = new();

    /// <summary>It is looked for as what stopped the program for so long.</summary>
    [Theory]
    [InlineData(164, 5.0, 5.0, 60.0, 65.0)]
    [InlineData(114, 55.0, 65.0, 10.0, 10.0)]
    public void Stop_OfTwoCollections_IsToldByTheOneThatTookMostOfIt(long youngEnds, double ofBackground, double toldByBackground, double ofYoung, double toldByYoung)
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 7, 2, GcReason.AllocSmall, GcKind.Background);
        script.Tracker.GcStart(104, 1, 8, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(youngEnds, 1, 8);
        script.Restart(165);
        script.Tracker.Settle();

        Assert.Equal([(7, ofBackground, toldByBackground), (8, ofYoung, toldByYoung)], script.Pauses.OrderBy(pause => pause.Number).Select(pause => (pause.Number, pause.PauseMs, pause.StopMs)));
    }
}

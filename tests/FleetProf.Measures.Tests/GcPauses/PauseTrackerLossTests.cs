using FleetProf.Measures.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses;

/// <summary>Single events that are missing or come again; <see cref="DamagedStreamTests"/> draws many.</summary>
public class PauseTrackerLossTests
{
    private readonly PauseScript script = new();

    [Fact]
    public void Events_WholeCollectionDeliveredAgain_IsNoOtherSuspension()
    {
        script.Blocking(1, 100).Blocking(1, 100).Blocking(2, 200);
        Assert.Equal([1, 2], script.Gcs.Select(gc => gc.Number));
        Assert.Empty(script.Others);
        Assert.Equal(0, script.Missed);
    }

    [Fact]
    public void Events_RunFromARestartToTheNextStopLost_MissesInsteadOfJoiningBoth()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(108, 1, 1);
        script.Tracker.RestartBegin(109, 1);
        script.Tracker.SuspendEnd(202, 1);
        script.Tracker.GcStart(203, 1, 2, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(208, 1, 2);
        script.Restart(210).Blocking(3, 300);
        Assert.Equal([3], script.Gcs.Select(gc => gc.Number));
        Assert.Equal(2, script.Missed);
    }

    [Fact]
    public void Start_Lost_IsMissedAndNotTakenForAStopWithoutACollection()
    {
        script.Blocking(1, 100).Suspend(200);
        script.Tracker.GcEnd(208, 1, 2);
        script.Restart(210).Blocking(3, 300);
        Assert.Equal([1, 3], script.Gcs.Select(gc => gc.Number));
        Assert.Equal(1, script.Missed);
        Assert.Empty(script.Others);
    }

    [Fact]
    public void FinalPauseOfABackgroundCollection_Lost_MissesItInsteadOfTellingHalf()
    {
        script.BackgroundInitial(1, 100).BackgroundEnd(1, 400).Blocking(2, 500);
        Assert.Equal([2], script.Gcs.Select(gc => gc.Number));
        Assert.Equal(1, script.Missed);
    }

    [Fact]
    public void Lost_OnAnotherThread_LeavesTheCollectionUnderWay()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.Lost(105, 5);
        script.Tracker.GcEnd(108, 1, 1);
        script.Restart(110);
        Assert.Single(script.Gcs);
        Assert.Equal(0, script.Missed);
    }
}

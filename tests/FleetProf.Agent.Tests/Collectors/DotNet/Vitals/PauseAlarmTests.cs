using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Measures.GcPauses;
using PauseKind = FleetProf.Measures.GcPauses.PauseKind;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

public sealed class PauseAlarmTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);
    private readonly PauseAlarm alarm = new(overMs: 50, Noon);
    private readonly VitalsWindowing windows = new("i", () => null, Noon);

    public PauseAlarmTests() => windows.Alarm = alarm;

    [Theory]
    [InlineData(50, 1_000, false, false)]
    [InlineData(50.1, 1_000, false, true)]
    [InlineData(50.1, 1_000, true, false)]
    [InlineData(60, 59, false, false)]
    [InlineData(60, 60, false, true)]
    public void Alarm_OfAPause_RingsForLongerOnesThatBeganAfterItWasSetAndAreNotOurs(double pauseMs, int endsAtMs, bool isOwn, bool rings)
    {
        Collect(1, pauseMs, Noon.AddMilliseconds(endsAtMs), isOwn);
        Assert.Equal(rings, alarm.Rung.IsCompleted);
        Assert.Equal(rings, alarm.Pause is not null);
    }

    [Fact]
    public void Alarm_OfTheFirstLongPause_KeepsItWithItsRecord()
    {
        Collect(1, 10, Noon.AddSeconds(1));
        Collect(2, 143, Noon.AddSeconds(2));
        Collect(3, 500, Noon.AddSeconds(3));
        var pause = alarm.Pause!;
        Assert.Equal((2u, 143.0, Noon.AddSeconds(2).ToUnixTimeMilliseconds()), (pause.Number, pause.PauseMs, pause.EndedUnixMs));
        Assert.Equal(143, pause.Detail.PauseMs);
    }

    [Fact]
    public void Alarm_OfABackgroundCollection_RingsAtItsPauseAndIsCompletedAtItsEnd()
    {
        windows.AddPause(Pause(7, PauseKind.BackgroundInitial, 80, false), Noon.AddSeconds(1));
        Assert.True(alarm.Rung.IsCompleted);
        Assert.Null(alarm.Pause!.Detail);
        windows.AddGc(Gc(7, GcKind.Background, 160, false), Noon.AddSeconds(4));
        var pause = alarm.Pause!;
        Assert.Equal((80.0, 160.0), (pause.PauseMs, pause.Detail!.PauseMs));
    }

    [Fact]
    public void Alarm_OfAStopThatTwoCollectionsShare_GoesByTheWholeStop()
    {
        windows.AddPause(Pause(7, PauseKind.BackgroundInitial, 39, false) with { StopMs = 65 }, Noon.AddSeconds(1));
        Assert.True(alarm.Rung.IsCompleted);
        var later = new PauseAlarm(overMs: 50, Noon.AddSeconds(1));
        windows.Alarm = later;
        windows.AddPause(Pause(8, PauseKind.Blocking, 26, false), Noon.AddSeconds(1));
        windows.AddGc(Gc(8, GcKind.Blocking, 26, false), Noon.AddSeconds(1));

        Assert.Equal((7u, 65.0), (alarm.Pause!.Number, alarm.Pause.PauseMs));
        Assert.False(later.Rung.IsCompleted);
    }

    [Fact]
    public void Alarm_AfterTheWallClockWasSetBack_RingsAtTheNextPause()
    {
        windows.Advance(Noon.AddHours(-1), []);
        Collect(1, 60, Noon.AddHours(-1).AddSeconds(1));
        Assert.True(alarm.Rung.IsCompleted);
    }

    private void Collect(int number, double pauseMs, DateTimeOffset ended, bool isOwn = false)
    {
        windows.AddPause(Pause(number, PauseKind.Blocking, pauseMs, isOwn), ended);
        windows.AddGc(Gc(number, GcKind.Blocking, pauseMs, isOwn), ended);
    }

    private static GcPause Pause(int number, PauseKind kind, double pauseMs, bool isOwn) => new(number, 2, kind, GcReason.Induced, 0, 0, pauseMs, 0.5, 0.1, isOwn);

    private static GcRecord Gc(int number, GcKind kind, double pauseMs, bool isOwn) => new()
    {
        Number = number, Generation = 2, Kind = kind, Reason = GcReason.Induced, StartTicks = 0, EndTicks = 0, PauseMs = pauseMs, SuspendMs = 0.5, IsOwn = isOwn,
    };
}

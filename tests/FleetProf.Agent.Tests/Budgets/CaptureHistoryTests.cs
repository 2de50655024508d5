using System.Text.Json;
using FleetProf.Agent.Budgets;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Budgets;

public sealed class CaptureHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);
    private readonly string root = Directory.CreateTempSubdirectory("fleetprof-history-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>Of a week of sixty an hour the file would be a megabyte, written anew for each.</summary>
    [Fact]
    public void Add_SnapshotsForManyHours_KeepsThoseOfTheLastAndTheLastOfEachInstance()
    {
        using var folder = new StateFolder(root);
        var history = new CaptureHistory(folder);
        history.Add(CaptureKind.Gcdump, "once", Noon);
        history.AddFired(CaptureKind.Trace, "checkout", "often", Noon);
        var last = Noon;
        for (var minute = 10; minute <= 300; minute += 10) history.Add(CaptureKind.Gcdump, "often", last = Noon.AddMinutes(minute));
        history.Add(CaptureKind.Trace, "often", last);

        using var file = JsonDocument.Parse(folder.Read("capture-history.json")!);
        Assert.Equal(9, file.RootElement.GetArrayLength());
        var again = new CaptureHistory(folder);
        Assert.Equal((Noon, last), (again.LastSnapshot("once", last), again.LastSnapshot("often", last)));
        Assert.Equal((7, Noon), (again.InLastHour(last), again.LastFired("checkout", last)));
    }

    [Fact]
    public void Add_AfterAWeek_ForgetsTheLastSnapshotToo()
    {
        using var folder = new StateFolder(root);
        var history = new CaptureHistory(folder);
        history.Add(CaptureKind.Gcdump, "once", Noon);
        history.Add(CaptureKind.Trace, "often", Noon.AddDays(7));
        Assert.Null(history.LastSnapshot("once", Noon.AddDays(7)));
    }
}

using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Silo.GcPauses;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses;

/// <summary>An agent that was taken over invents windows and instances.</summary>
public sealed class VitalsBoundTests : IDisposable
{
    private readonly TrendRig rig = new();

    [Fact]
    public async Task Accept_WindowsOfInventedInstances_AreBoundedByTheBatchAndByTheHour()
    {
        await rig.AcceptAsync("agent", Batch(Invented(0, 20_000)));
        Assert.Equal(VitalsIntake.MostFinished, await InstancesAsync());

        for (var part = 10; part < 14; part++)
        {
            await rig.AcceptAsync("agent", Batch(Invented(part * VitalsIntake.MostFinished, VitalsIntake.MostFinished)));
        }

        Assert.Equal(NewInstanceBudget.AtOnce, await InstancesAsync());
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.AcceptAsync("agent", Batch(Create("later", 0, 1)));
        Assert.Equal(NewInstanceBudget.AtOnce + 1, await InstancesAsync());
    }

    [Fact]
    public async Task Accept_AgentWithoutRoomForMoreInstances_StillBringsWindowsOfThoseThatAreKnown()
    {
        rig.ShowInventory("agent", "one");
        for (var part = 0; part < 3; part++)
        {
            await rig.AcceptAsync("agent", Batch(Invented(part * VitalsIntake.MostFinished, VitalsIntake.MostFinished)));
        }

        await rig.AcceptAsync("agent", Batch(Create("new", 0, 1), Create("one", 0, 1), Create("i7", 1, 1)));
        await rig.AcceptAsync("other", Batch(Create("theirs", 0, 1)));

        Assert.Equal(1, await WindowsAsync("one"));
        Assert.Equal(2, await WindowsAsync("i7"));
        Assert.Equal(1, await WindowsAsync("theirs"));
        Assert.Equal(0, await WindowsAsync("new"));
    }

    [Fact]
    public async Task Accept_ManyBadWindows_AreOneLineThatSaysHowManyAndWhy()
    {
        rig.ShowInventory("other", "theirs");

        await rig.AcceptAsync("agent", Batch(
        [
            .. Enumerable.Range(2, 500).Select(days => CreateAt("one", Noon.AddDays(days), 10_000, 1)),
            .. Enumerable.Range(0, 300).Select(number => Create("", number, 1)),
            .. Enumerable.Range(0, 199).Select(number => Create("theirs", number, 1)),
            Create("one", 0, 1),
        ]));

        var line = Assert.Single(rig.IntakeLog.Lines);
        Assert.All(
            ["999 of 1000 windows that agent agent ", "500 that begin more than a day from now (compare the clock", "300 that are none", "199 of instances of other agents, such as theirs of agent other"],
            part => Assert.Contains(part, line, StringComparison.Ordinal));
        Assert.Equal(1, await WindowsAsync("one"));
    }

    [Fact]
    public async Task Accept_ManyUnreadableSketches_AreOneLine()
    {
        rig.ShowInventory("agent", "one");
        var windows = Enumerable.Range(0, 100).Select(number => Create("one", number, 1)).ToArray();
        Array.ForEach(windows, window => window.Pauses[0].Generation = 7);

        await rig.AcceptAsync("agent", Batch(windows));

        Assert.Contains("100 unreadable pause sketches", Assert.Single(rig.IntakeLog.Lines), StringComparison.Ordinal);
        Assert.Equal(100, await WindowsAsync("one"));
    }

    public void Dispose() => rig.Dispose();

    private static VitalsWindow[] Invented(int from, int count) => [.. Enumerable.Range(from, count).Select(number => Create($"i{number}", 0, 1))];

    private Task<long> InstancesAsync() => rig.Catalog.Database.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM trend_instances"));

    private Task<long> WindowsAsync(string instanceId) => rig.Catalog.Database.ReadAsync(
        connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM trend_windows WHERE instance_id = @instanceId", new { instanceId }));
}

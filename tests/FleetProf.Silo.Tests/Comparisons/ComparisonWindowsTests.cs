using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Tests.GcPauses;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.Comparisons;

public sealed class ComparisonWindowsTests : IDisposable
{
    private readonly TrendRig rig = new();

    /// <summary>The minute around the end tells of what came after it.</summary>
    [Fact]
    public async Task Read_OfATimeThatIsKeptAsMinutesOnly_TakesThoseThatLieInTheRange()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch([.. Enumerable.Range(0, 96).Select(index => Create("a", index, 1))]));
        rig.Clock.SetUtcNow(Noon.AddHours(1));
        await rig.Roller.RollAsync();
        await rig.Retention.RemoveBeforeAsync(TrendLevel.WindowMs, Noon.AddMinutes(10));
        var query = new SideQuery("shop", "1.0", null, Noon.AddSeconds(30), Noon.AddMinutes(5).AddSeconds(30)) { Seed = 1 };

        var side = await new ComparisonWindows(rig.Reader).ReadAsync(query);

        Assert.Equal([1L, 2L, 3L, 4L], side.Windows.Select(window => (window.StartMs - Noon.ToUnixTimeMilliseconds()) / TrendLevel.MinuteMs));
    }

    public void Dispose() => rig.Dispose();
}

using FleetProf.Silo.GcPauses.Rollups;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Rollups;

public sealed class TrendRollerTests : IDisposable
{
    private readonly TrendRig rig = new();

    /// <summary>After an outage many late times wait, and what is shown of now consists of rolled up minutes.</summary>
    [Fact]
    public async Task Minute_ThatPassesWhileALateOneIsRolledUpAgain_IsRolledUpNext()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(1, Create("a", 0, 1), Create("a", 54, 1)));
        rig.Clock.SetUtcNow(Noon.AddMinutes(10.5));
        await rig.Roller.RollAsync();
        Assert.Equal(Noon.AddMinutes(10), await rig.Harm.ReadUntilAsync());
        await rig.AcceptAsync("agent", Batch(2, Create("a", 1, 1), Create("a", 60, 1)));

        await new TrendRoller(rig.Catalog.Database, new LeapingClock()).RollAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Noon.AddMinutes(11), await rig.Harm.ReadUntilAsync());
    }

    public void Dispose() => rig.Dispose();

    /// <summary>The eleventh minute passes between the first question and the second.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private bool hasBeenAsked;

        public override DateTimeOffset GetUtcNow()
        {
            var now = Noon.AddMinutes(hasBeenAsked ? 12 : 10.5);
            hasBeenAsked = true;
            return now;
        }
    }
}

using System.Text.Json;
using FleetProf.AgentProtocol;
using FleetProf.Silo.GcPauses.Queries;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

public sealed class LongGcsTests
{
    /// <summary>Such may be stored: there was a time when it was taken as agents sent it.</summary>
    [Theory]
    [InlineData(long.MaxValue, 1e300)]
    [InlineData(long.MinValue, double.NaN)]
    public void Of_NumbersThatCannotBe_MakesThemSafe(long endedMs, double pauseMs)
    {
        var gc = LongGcs.Of(LongestBytes.Of("one", new LongGc { Number = 7, EndedUnixMs = endedMs, PauseMs = pauseMs }), "1.0");

        Assert.Equal(("one", "1.0", 7L), (gc.Instance, gc.Version, gc.Number));
        Assert.NotEmpty(JsonSerializer.Serialize(gc));
    }
}

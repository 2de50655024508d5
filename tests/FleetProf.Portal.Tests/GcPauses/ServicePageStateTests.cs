using FleetProf.Portal.Fleet;
using FleetProf.Portal.GcPauses;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class ServicePageStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void State_WrittenAndRead_IsTheSame()
    {
        var state = new ServicePageState { Range = "6h", Instance = "a/b c", IsPerInstance = true, IsByGeneration = true, IsFine = true }.Between(Noon, Noon.AddMinutes(7));

        Assert.Equal(state, ServicePageState.FromUri($"http://host{state.ToUri("my service/1")}"));
    }

    [Fact]
    public void State_OrderAndChoiceOfInstances_StandInTheAddress()
    {
        var state = new ServicePageState { Sort = FleetColumn.Heap, IsDescending = false, Selected = ["i2", "i1"] };

        Assert.Equal("/services/checkout?sort=heap&order=asc&select=i2&select=i1", state.ToUri("checkout"));
        var read = ServicePageState.FromUri($"http://host{state.ToUri("checkout")}").ToFleet("checkout");
        Assert.Equal((FleetColumn.Heap, false), (read.Sort, read.IsDescending));
        Assert.Equal(["i1", "i2"], read.Selected);
    }

    [Fact]
    public void State_Default_IsTheLastHour() => Assert.Equal("/services/checkout", new ServicePageState().ToUri("checkout"));

    [Theory]
    [InlineData("?range=2y")]
    [InlineData("?from=2026-11-01T12:00:00Z")]
    [InlineData("?from=2026-11-01T12:00:00Z&to=2026-11-01T11:00:00Z")]
    [InlineData("?from=yesterday&to=now")]
    public void State_BrokenAddress_IsTheDefault(string query) => Assert.Equal(new ServicePageState(), ServicePageState.FromUri($"http://h/services/x{query}"));

    [Fact]
    public void Between_AHair_IsAtLeastOneWindow() => Assert.Equal(Noon.AddSeconds(10), new ServicePageState().Between(Noon, Noon.AddSeconds(1)).To);
}

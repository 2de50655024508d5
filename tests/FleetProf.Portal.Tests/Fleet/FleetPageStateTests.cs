using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Fleet;

namespace FleetProf.Portal.Tests.Fleet;

public sealed class FleetPageStateTests
{
    [Fact]
    public void State_WrittenAndRead_IsTheSame()
    {
        var state = new FleetPageState
        {
            Search = "zone=eu & <x>", Services = ["a b", "ü/ö"], Versions = ["1.0+beta"], States = [InstanceState.Ended], Sort = FleetColumn.PauseP99, IsDescending = true,
            IsGrouped = true, Opened = ["a b"], Selected = ["i1", "i2"],
        };

        Assert.Equivalent(state, FleetPageState.FromUri($"http://host:8080{state.ToUri()}"), strict: true);
    }

    [Fact]
    public void State_Default_HasABareAddress() => Assert.Equal("/", new FleetPageState().ToUri());

    [Theory]
    [InlineData("http://h/?sort=nonsense&order=sideways&state=asleep&group=host")]
    [InlineData("http://h/?sort=7&state=2")]
    [InlineData("http://h/?q=&service=&select=")]
    [InlineData("http://h/?")]
    [InlineData("http://h/?%%%=%zz&&&")]
    public void State_BrokenAddress_IsTheDefault(string uri) => Assert.Equivalent(new FleetPageState(), FleetPageState.FromUri(uri), strict: true);

    [Fact]
    public void State_TooManySelected_KeepsTheMost()
    {
        var uri = "http://h/?" + string.Join('&', Enumerable.Range(0, 500).Select(i => $"select=i{i}"));

        Assert.Equal(FleetPageState.MostSelected, FleetPageState.FromUri(uri).Selected.Count);
    }

    [Fact]
    public void State_FilteredByMoreThanAHundred_KeepsAll()
    {
        string[] chosen = [.. Enumerable.Range(0, 150).Select(i => $"s{i:d3}")];

        var read = FleetPageState.FromUri($"http://h{new FleetPageState { Services = chosen, Versions = chosen }.ToUri()}");

        Assert.Equal(chosen, read.Services);
        Assert.Equal(chosen, read.Versions);
    }

    [Fact]
    public void WithSelected_OneMoreThanTheMost_KeepsThoseThatAreChosen()
    {
        string[] chosen = [.. Enumerable.Range(0, FleetPageState.MostSelected).Select(i => $"b{i:d2}")];
        var full = new FleetPageState { Selected = chosen };

        Assert.Equal(chosen, full.WithSelected("a", true).Selected);
        Assert.Equal(["a", .. chosen[1..]], full.WithSelected("b00", false).WithSelected("a", true).Selected);
    }

    [Fact]
    public void WithOpened_OneMoreThanTheMost_ClosesNone()
    {
        string[] opened = [.. Enumerable.Range(0, FleetPageState.MostOpened).Select(i => $"b{i:d2}")];
        var full = new FleetPageState { IsGrouped = true, Opened = opened };

        Assert.Equal((false, true), (full.CanOpen("a"), full.CanOpen("b99")));
        Assert.Equal(opened, full.WithOpened("a", true).Opened);
        Assert.Equal(["a", .. opened[1..]], full.WithOpened("b00", false).WithOpened("a", true).Opened);
    }

    [Fact]
    public void SortedBy_TwiceTheSameColumn_TurnsRound()
    {
        var once = new FleetPageState().SortedBy(FleetColumn.Heap);

        Assert.True(once.IsDescending);
        Assert.False(once.SortedBy(FleetColumn.Heap).IsDescending);
        Assert.False(once.SortedBy(FleetColumn.Host).IsDescending);
    }

    [Fact]
    public void CaptureUri_NamesTheSelectedInstances() =>
        Assert.Equal("/campaigns/new?instances=i%201&instances=i2", new FleetPageState { Selected = ["i 1", "i2"] }.ToCaptureUri());
}

using System.Collections.Immutable;
using CsCheck;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Fleet;

namespace FleetProf.Portal.Tests.Fleet;

public sealed class FleetViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void View_Unfiltered_LeavesEndedOnesOut()
    {
        var view = FleetView.Of(Snapshot(Row("a"), Row("b") with { State = InstanceState.Ended }, Row("c") with { State = InstanceState.Unreachable }), new());

        Assert.Equal(["a", "c"], view.Rows.Select(row => row.Key));
        Assert.Equal((2, 2, 1), (view.ShownCount, view.LiveCount, view.TroubledCount));
    }

    [Theory]
    [InlineData("checkout", "a")]
    [InlineData("CHECK 1.0", "a")]
    [InlineData("zone=eu-b", "b")]
    [InlineData("17", "b")]
    [InlineData("checkout eu-b", "")]
    public void View_Searched_ShowsRowsWithEveryWord(string search, string expected)
    {
        var a = Row("a") with { Service = "checkout", Version = "1.0" };
        var b = Row("b") with { Service = "catalog", Pid = 17, Labels = new Dictionary<string, string> { ["zone"] = "eu-b" } };

        var view = FleetView.Of(Snapshot(a, b), new() { Search = search });

        Assert.Equal(expected, string.Concat(view.Rows.Select(row => row.Key)));
    }

    [Theory]
    [InlineData(false, "cab-")]
    [InlineData(true, "bac-")]
    public void View_SortedByAFigure_PutsUnmeasuredLastEitherWay(bool isDescending, string expected)
    {
        var snapshot = Snapshot(Row("a", 20), Row("b", 30), Row("c", 10), Row("-"));

        var view = FleetView.Of(snapshot, new() { Sort = FleetColumn.PauseP99, IsDescending = isDescending });

        Assert.Equal(expected, string.Concat(view.Rows.Select(row => row.Key)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void View_SortedByAFigureThatOnlyWatchingTells_PutsUnwatchedLastEitherWay(bool isDescending)
    {
        var snapshot = Snapshot(Row("a", 20), Row("-") with { Vitals = new() { CpuCores = 1, IsUnwatched = true } }, Row("b", 20));

        var view = FleetView.Of(snapshot, new() { Sort = FleetColumn.PauseP99, IsDescending = isDescending });

        Assert.Equal("ab-", string.Concat(view.Rows.Select(row => row.Key)));
    }

    [Fact]
    public void View_Grouped_SumsLoadTakesTheWorstPauseAndOpensOnRequest()
    {
        var snapshot = Snapshot(Row("a", 20) with { Service = "x" }, Row("b", 30) with { Service = "x", Problem = InstanceProblem.SocketGone }, Row("c", 10) with { Service = "y" });

        var view = FleetView.Of(snapshot, new() { IsGrouped = true, Sort = FleetColumn.PauseP99, IsDescending = true, Opened = ["x"] });

        Assert.Equal(["s:x", "b", "a", "s:y"], view.Rows.Select(row => row.Key));
        var total = view.Rows[0].Total!;
        Assert.Equal((2, 1, 30.0, 2.0), (total.InstanceCount, total.TroubledCount, total.PauseP99Ms, total.CpuCores));
    }

    [Fact]
    public void Order_OfAnyColumn_IsTotal() => Gen.Select(Gen.Enum<FleetColumn>(), Gen.Bool, Gen.Double[0, 3].Array[2, 30]).Sample((column, isDescending, figures) =>
    {
        var rows = figures.Select((figure, i) => figure < 1 ? Row($"i{i}") : Row($"i{i}", Math.Round(figure))).ToArray();
        var state = new FleetPageState { Sort = column, IsDescending = isDescending };

        var forth = FleetView.Of(Snapshot(rows), state).Rows.Select(row => row.Key);
        var back = FleetView.Of(Snapshot([.. rows.Reverse()]), state).Rows.Select(row => row.Key);

        return forth.SequenceEqual(back) && forth.Distinct().Count() == rows.Length;
    });

    [Fact]
    public void View_SortedByPodOrPid_GoesByWhatIsShown()
    {
        var snapshot = Snapshot(Row("a") with { Pid = 1234 }, Row("b") with { Pid = 99 }, Row("c") with { Pod = "cart-2", Pid = 7 }, Row("d") with { Pod = "cart-1", Pid = 9 });

        var view = FleetView.Of(snapshot, new() { Sort = FleetColumn.Process });

        Assert.Equal("dcba", string.Concat(view.Rows.Select(row => row.Key)));
    }

    [Fact]
    public void View_SortedByAge_PutsTheOldestFirstWhenDescending()
    {
        var snapshot = Snapshot(Row("new"), Row("old") with { LastSeenAt = Now.AddMinutes(-5) });

        var view = FleetView.Of(snapshot, new FleetPageState().SortedBy(FleetColumn.LastSeen));

        Assert.Equal(["old", "new"], view.Rows.Select(row => row.Key));
    }

    [Fact]
    public void HeldRows_Refreshed_KeepPlacesTakeFiguresAndCountNewOnes()
    {
        var state = new FleetPageState { Sort = FleetColumn.PauseP99, IsDescending = true };
        var held = new HeldRows();
        held.Show(FleetView.Of(Snapshot(Row("a", 30), Row("b", 20)), state));

        var now = Snapshot(Row("a", 5), Row("b", 20), Row("c", 99));
        held.Refresh(FleetView.Of(now, state), now);

        Assert.Equal(["a", "b"], held.Rows.Select(row => row.Key));
        Assert.Equal(5, held.Rows[0].Instance!.Vitals!.PauseP99Ms);
        Assert.Equal((1, true), (held.NewCount, held.IsBehind));
    }

    [Fact]
    public void HeldRows_ThatLeftTheView_SayWhatBecameOfThem()
    {
        var state = new FleetPageState { Versions = ["1"] };
        var held = new HeldRows();
        held.Show(FleetView.Of(Snapshot(OfOne("gone", 30) with { Problem = InstanceProblem.SessionLost }, OfOne("other", 20), OfOne("stays", 10)), state));

        var now = Snapshot(Row("other", 21) with { Version = "2" }, OfOne("stays", 11));
        held.Refresh(FleetView.Of(now, state), now);

        Assert.Equal(["gone", "other", "stays"], held.Rows.Select(row => row.Key));
        Assert.Equal([InstanceState.Ended, InstanceState.Running, InstanceState.Running], held.Rows.Select(row => row.Instance!.State));
        Assert.Null(held.Rows[0].Instance!.Vitals);
        Assert.Equal(21, held.Rows[1].Instance!.Vitals!.PauseP99Ms);
        Assert.Equal("ended", InstanceProblemAdvice.NameOf(held.Rows[0].Instance!));
        Assert.True(held.IsBehind);

        static Instance OfOne(string id, double pause) => Row(id, pause) with { Version = "1" };
    }

    [Fact]
    public void HeldRows_OfAServiceThatLeft_HaveNoFigures()
    {
        var state = new FleetPageState { IsGrouped = true };
        var held = new HeldRows();
        held.Show(FleetView.Of(Snapshot(Row("a", 30)), state));

        held.Refresh(FleetView.Of(Snapshot(), state), Snapshot());

        var total = Assert.Single(held.Rows).Total!;
        Assert.Equal(("s", 0), (total.Service, total.InstanceCount));
        Assert.Null(total.PauseP99Ms);
    }

    private static Instance Row(string id, double? pause = null) => new()
    {
        InstanceId = id, Service = "s", AgentId = "agent", LastSeenAt = Now, Vitals = pause is { } value ? new() { PauseP99Ms = value, CpuCores = 1 } : null,
    };

    private static FleetSnapshot Snapshot(params Instance[] rows) => new()
    {
        Version = 1, AsOf = Now, Instances = rows.ToImmutableDictionary(row => row.InstanceId, StringComparer.Ordinal),
    };
}

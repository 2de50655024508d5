using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class GcTableTests
{
    [Fact]
    public void Columns_OfTheTable_ShowTheCauseAndItsSentenceAtOnceAndTheirFiguresOnDemand()
    {
        var columns = GcTable.Shape.Columns;

        Assert.All((string[])["Cause", "Evidence"], name => Assert.False(columns.Single(column => column.Key == name).IsDetail));
        Assert.All((string[])["Mark MSec", "Older Objects MSec", "Condemn Reasons"], name => Assert.True(columns.Single(column => column.Key == name).IsDetail));
        Assert.Contains("Cause", GcTable.Shape.Filter);
        Assert.Equal(columns.Count, columns.Select(column => column.Title).Distinct().Count());
    }

    [Fact]
    public void Cause_OfTheFakeGcs_IsInTheirRows() => Assert.All(FakeTables.Gcs(), row => Assert.NotNull(row["Cause"]));
}

using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Audit;

public sealed class RefusalBudgetTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Take_OneAddressThatGoesOn_GetsFewRowsAndIsCounted()
    {
        var budget = new RefusalBudget(clock);
        var rows = Enumerable.Range(0, 1_000).Select(_ => budget.Take("10.0.0.1", "Unknown.")).OfType<string>().ToList();
        Assert.Equal(RefusalBudget.RowsPerAddress, rows.Count);
        Assert.All(rows, row => Assert.Equal("Unknown.", row));
        Assert.StartsWith("Unknown. So were 995 more", budget.Take("10.0.0.2", "Unknown."), StringComparison.Ordinal);
        Assert.Null(budget.Take("10.0.0.1", "Unknown."));

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.StartsWith("Unknown. So were 1 more", budget.Take("10.0.0.1", "Unknown."), StringComparison.Ordinal);
        Assert.Equal("Unknown.", budget.Take("10.0.0.1", "Unknown."));
    }

    [Fact]
    public void Take_WallClockSetBack_TheMinuteEndsAllTheSame()
    {
        var stepped = new SteppedClock();
        var budget = new RefusalBudget(stepped, ofOne: 1);
        Assert.NotNull(budget.Take("10.0.0.1", "Unknown."));
        stepped.StepBack();

        stepped.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull(budget.Take("10.0.0.1", "Unknown."));
    }

    [Fact]
    public void Take_ManyAddresses_StaysBelowTheCeilingOfAMinute()
    {
        var budget = new RefusalBudget(clock);

        Assert.Equal(RefusalBudget.RowsPerMinute, Enumerable.Range(0, 5_000).Count(i => budget.Take($"10.0.{i / 256}.{i % 256}", "Unknown.") is not null));
    }
}

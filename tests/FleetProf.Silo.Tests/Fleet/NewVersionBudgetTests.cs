using FleetProf.Silo.Fleet;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Fleet;

public sealed class NewVersionBudgetTests
{
    private readonly SteppedClock clock = new();

    [Fact]
    public void Left_AfterSpending_ComesBackByTheHourUpToTheWhole()
    {
        var budget = new NewVersionBudget(clock);
        budget.Spend("a", NewVersionBudget.AtOnce);
        Assert.Equal((0, NewVersionBudget.AtOnce), (budget.LeftOf("a"), budget.LeftOf("b")));

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(NewVersionBudget.PerHour, budget.LeftOf("a"));

        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(NewVersionBudget.AtOnce, budget.LeftOf("a"));
    }

    [Fact]
    public void Left_WallClockSetBack_StaysWhatItWas()
    {
        var budget = new NewVersionBudget(clock);
        budget.Spend("a", NewVersionBudget.AtOnce);
        clock.Advance(TimeSpan.FromHours(1));

        clock.StepBack();

        Assert.Equal(NewVersionBudget.PerHour, budget.LeftOf("a"));
    }

    [Fact]
    public void Spend_ByMoreAgentsThanAreRemembered_ForgetsThoseThatSpentLeast()
    {
        var budget = new NewVersionBudget(clock);
        budget.Spend("hostile", NewVersionBudget.AtOnce);
        for (var agent = 0; agent < 10_100; agent++)
        {
            budget.Spend($"agent{agent}", 1);
        }

        Assert.Equal(0, budget.LeftOf("hostile"));
    }
}

using FleetProf.Agent.Budgets;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Budgets;

public sealed class CaptureHoldsTests
{
    private static readonly TimeSpan Unnoticed = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider time = new();
    private readonly CaptureHolds holds;

    public CaptureHoldsTests() => holds = new CaptureHolds(time);

    [Fact]
    public void Agent_ThatNeverHeardOfItsSilo_StartsNothingAfterAMinute()
    {
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(holds.Refuse("checkout"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("60 s", holds.Refuse("checkout"), StringComparison.Ordinal);
    }

    [Fact]
    public void Silence_CountsFromTheFirstLossAndEndsWithTheNextWelcome()
    {
        holds.Connected(null);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(holds.Refuse("checkout"));

        holds.Heard();
        holds.Disconnected(Unnoticed);
        time.Advance(TimeSpan.FromSeconds(40));
        // A try that failed is no sign of the silo.
        holds.Disconnected(Unnoticed);
        time.Advance(TimeSpan.FromSeconds(21));
        Assert.NotNull(holds.Refuse("checkout"));
        Assert.False(holds.IsHeld("checkout"));

        holds.Connected(new Hold());
        Assert.Null(holds.Refuse("checkout"));
    }

    [Fact]
    public void Silence_OfALinkThatDiedUnnoticed_CountsFromTheLastFrameHeard()
    {
        holds.Connected(null);
        time.Advance(TimeSpan.FromHours(1));
        holds.Heard();
        time.Advance(TimeSpan.FromSeconds(25));
        holds.Disconnected(Unnoticed);

        time.Advance(TimeSpan.FromSeconds(35));
        Assert.Null(holds.Refuse("checkout"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(holds.Refuse("checkout"));
    }

    /// <summary>A silo says nothing for hours to an agent that watches nobody, and for minutes to one that keeps its windows.</summary>
    [Fact]
    public void Silence_AfterASessionWithNothingToSay_CountsFromWhenItsLossWouldHaveBeenNoticed()
    {
        holds.Connected(null);
        time.Advance(TimeSpan.FromHours(1));
        holds.Disconnected(Unnoticed);

        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(holds.Refuse("checkout"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(holds.Refuse("checkout"));
    }

    [Fact]
    public void Hold_OfAService_IsNoHoldOfAnotherAndStaysWhenTheSessionEnds()
    {
        holds.Connected(new Hold { Services = { "checkout" }, Message = "by ann" });
        Assert.Equal(("by ann", null), (holds.Refuse("checkout"), holds.Refuse("search")));
        holds.Disconnected(Unnoticed);
        Assert.True(holds.IsHeld("checkout"));

        holds.Told(new Hold { All = true });
        Assert.Equal("Captures are on hold.", holds.Refuse("search"));
        holds.Told(new Hold());
        Assert.Null(holds.Refuse("checkout"));
    }
}

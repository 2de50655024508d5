using Bunit;
using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Budgets;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Budgets;

public sealed class HoldPanelTests : BunitContext
{
    /// <summary>Nobody has stopped or allowed anything: no alarm about that, which nothing would take away again.</summary>
    [Fact]
    public void Panel_OpenedWhileTheSiloIsAway_RaisesNoAlarm()
    {
        Services.AddSingleton(PlayedGrains.Cluster((_, _) => Task.FromException<IReadOnlyList<CaptureHold>>(new TimeoutException())));
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider());

        Assert.Empty(Render<HoldPanel>().FindAll("[role=alert]"));
    }
}

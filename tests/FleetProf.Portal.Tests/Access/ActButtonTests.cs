using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Access;

public sealed class ActButtonTests : BunitContext
{
    [Theory]
    [InlineData(Grants.AllServices, "all of them")]
    [InlineData("payment", "payment")]
    public void Action_OutsideOfTheServicesOfAnAccount_SaysThatTheLimitIsMissingAndNotTheRole(string service, string about)
    {
        IEnumerable<string> services = ["checkout", service];

        var action = this.RenderAs<ActButton>(["checkout"], button => button.Add(shown => shown.Needs, Permission.CaptureTrace).Add(shown => shown.Services, services)).Find("button");

        Assert.True(action.HasAttribute("disabled"));
        Assert.Equal($"Your account may not do this: it is limited to some services, and this is about {about}. Ask an administrator of FleetProf.", action.GetAttribute("title"));
    }

    [Fact]
    public void Action_OfAHigherRole_SaysWhichRole()
    {
        var action = this.RenderAs<ActButton>(["checkout"], button => button.Add(shown => shown.Needs, Permission.KillSwitch)).Find("button");

        Assert.Equal("Your account may not do this: it takes the role admin without a limit to services. Ask an administrator of FleetProf.", action.GetAttribute("title"));
    }
}

using System.Globalization;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>The portal over a made-up fleet, until Ctrl+C.</summary>
internal static class ServeFake
{
    public static async Task<int> RunAsync(string[] args)
    {
        var port = args is ["--port", var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 8080;
        await using var silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));
        await using var portal = await PortalUnderTest.StartAsync(silo, port);
        Console.WriteLine($"portal    {portal.Url}");
        Console.WriteLine($"token     {FakeAccess.Token}");
        Console.WriteLine($"log in    {portal.Url}/login?t={FakeAccess.ReusableCode}   (works any number of times here)");
        await portal.App.WaitForShutdownAsync();
        return 0;
    }
}

using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>A demo leaves nothing behind, however it ends.</summary>
[Collection<FaultCollection>]
public sealed class DemoEndTests
{
    [Fact]
    public async Task Demo_IsKilled_LeavesNoProcessBehind()
    {
        var data = Directory.CreateTempSubdirectory("fleetprof-e2e-").FullName;
        await using var demo = FleetProfProcess.Start("demo", "--data", data, "--port", "0", "--no-browser");
        await demo.UntilSaidAsync("/login?t=", TimeSpan.FromMinutes(2));
        var children = demo.Children();
        Assert.True(children.Count >= 8, string.Join('\n', children));

        await FleetProfProcess.SignalAsync(demo.Pid, "KILL");

        await RunningProcess.UntilGoneAsync(children, TimeSpan.FromMinutes(1));
        Directory.Delete(data, recursive: true);
    }
}

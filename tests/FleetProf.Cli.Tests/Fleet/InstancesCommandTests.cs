using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Cli.Tests.Fleet;

public sealed class InstancesCommandTests : IDisposable
{
    private readonly StubPortal _portal = new();

    [Fact]
    public async Task Instances_ThatNobodyWatches_HaveNoGcFigures()
    {
        _portal.On("GET /api/v1/instances", new[]
        {
            new Instance { InstanceId = "i1", Service = "checkout", AgentId = "a", Problem = InstanceProblem.SessionLost, Vitals = new() { CpuCores = 1, IsUnwatched = true } },
        });

        var run = await CliRun.OfAsync(_portal, "instances", "--output", "csv");

        Assert.Equal("i1,checkout,,,0,running,,,,,,", run.Out.Split('\n')[1]);
    }

    public void Dispose() => _portal.Dispose();
}

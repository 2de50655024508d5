using FleetProf.Agent.Budgets;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Tests.Collectors.DotNet.Vitals;
using FleetProf.TestKit.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Discovery;

/// <summary>Passes over the real processes of this host.</summary>
[Trait("Ring", "process")]
public sealed class ProcessScanTests
{
    private readonly InstanceDirectory directory = new();
    private readonly string service = "scan-test-" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Pass_AFaultOverOneProcess_DoesNotEndTheWatchOverTheOthers()
    {
        await using var probe = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service));
        var scan = ScanWith(new BrokenClock());
        await scan.PassAsync(TestContext.Current.CancellationToken);
        await scan.PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, directory.Count);
    }

    private ProcessScan ScanWith(TimeProvider clockOfExamination)
    {
        var examination = new ProcessExamination(HostIdentity.Read("none"), new IgnoredPrograms([], [service]), clockOfExamination);
        var vitals = new VitalsCollector(new CollectedVitals(), TimeProvider.System, new Random(1));
        return new ProcessScan(examination, directory, vitals, new LocalPolicy(), new AgentOptions(), TimeProvider.System, NullLogger<ProcessScan>.Instance);
    }

    /// <summary>Fails where an examination asks how old a .NET process is.</summary>
    private sealed class BrokenClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("planted");
    }
}

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

    [Fact]
    public async Task Pass_AfterTheWallClockWasSetBack_LooksAgainWhenItIsTime()
    {
        await using var probe = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service));
        var (clock, examinations) = (new SteppedClock(), new BrokenClock());
        var scan = ScanWith(examinations, clock);
        await scan.PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, directory.Count);

        examinations.IsMended = true;
        clock.Step(TimeSpan.FromHours(-2));
        clock.Advance(TimeSpan.FromMinutes(5));
        await scan.PassAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, directory.Count);
    }

    private ProcessScan ScanWith(TimeProvider clockOfExamination, TimeProvider? clock = null)
    {
        var examination = new ProcessExamination(HostIdentity.Read("none"), new IgnoredPrograms([], [service]), clockOfExamination);
        var vitals = new VitalsCollector(new CollectedVitals(), TimeProvider.System, new Random(1));
        return new ProcessScan(examination, directory, vitals, new LocalPolicy(), new AgentOptions(), clock ?? TimeProvider.System, NullLogger<ProcessScan>.Instance);
    }

    /// <summary>Fails where an examination asks how old a .NET process is.</summary>
    private sealed class BrokenClock : TimeProvider
    {
        public bool IsMended { get; set; }

        public override DateTimeOffset GetUtcNow() => IsMended ? base.GetUtcNow() : throw new InvalidOperationException("planted");

        /// <summary>A busy process answers late.</summary>
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime * 10 : dueTime, period);
    }
}

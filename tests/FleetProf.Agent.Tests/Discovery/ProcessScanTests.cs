using System.Diagnostics;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Tests.Access;
using FleetProf.Agent.Tests.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Discovery;

/// <summary>Passes over the real processes of this host.</summary>
[Trait("Ring", "process")]
public sealed class ProcessScanTests
{
    private readonly InstanceDirectory directory = new();
    private readonly KeptLog<ProcessScan> log = new();
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

    [Fact]
    public async Task Pass_AnExaminationThatHangs_DoesNotEndTheWatchOverTheOthers()
    {
        using var released = new ManualResetEventSlim();
        var (clock, examination, hungPid, looks) = (new SteppedClock(), Examination(TimeProvider.System), 0, 0);
        var scan = ScanWith(clock, (start, cancellation) =>
        {
            if (start.Pid != hungPid) return examination.ExamineAsync(start, cancellation);
            Interlocked.Increment(ref looks);
            // As a system call does that a dead file server never answers.
            released.Wait(CancellationToken.None);
            return Task.FromResult(ExaminedProcess.NotDotNet);
        });
        // All that runs already rests from here on.
        await scan.PassAsync(TestContext.Current.CancellationToken);
        await using var hung = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service));
        hungPid = hung.Pid;
        try
        {
            var pass = scan.PassAsync(TestContext.Current.CancellationToken);
            while (!pass.IsCompleted)
            {
                var next = clock.NextWait;
                clock.Advance(TimeSpan.FromSeconds(11));
                await Task.WhenAny(pass, next);
            }
            await pass;
            await using var other = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service));
            await scan.PassAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, directory.Count);
            Assert.Equal(1, looks);
        }
        finally
        {
            released.Set();
        }
    }

    [Fact]
    public async Task Pass_AgainOverAKnownProcess_KeepsWhatItsFilesSaidFirst()
    {
        using var sleeper = Process.Start("sleep", "60");
        try
        {
            var (clock, version, looks) = (new SteppedClock(), "1.0", 0);
            ExaminedProcess Troubled(ProcessStart start)
            {
                Interlocked.Increment(ref looks);
                var description = new Instance { InstanceId = "a", Service = service, Version = version, GcMode = version, EntryAssembly = "Shop", Pid = start.Pid, Problem = InstanceProblem.SocketGone };
                return new ExaminedProcess(ExaminedKind.Instance, new KnownInstance(description, null, start.Jiffies));
            }
            var scan = ScanWith(clock, (start, _) => Task.FromResult(start.Pid == sleeper.Id ? Troubled(start) : ExaminedProcess.NotDotNet));
            await scan.PassAsync(TestContext.Current.CancellationToken);
            version = "";
            clock.Advance(TimeSpan.FromMinutes(5));
            await scan.PassAsync(TestContext.Current.CancellationToken);

            var known = Assert.Single(directory.Describe().Instances);
            Assert.Equal((2, "1.0", "1.0"), (looks, known.Version, known.GcMode));
        }
        finally
        {
            sleeper.Kill();
        }
    }

    [Fact]
    public async Task Pass_ProcessThatMayNotBeLookedIntoInSpiteOfTheRight_IsSaidOnceWithTheLikelyCause()
    {
        using var sleeper = Process.Start("sleep", "60");
        try
        {
            var clock = new SteppedClock();
            var scan = ScanWith(clock, (start, _) => Task.FromResult(ExaminedProcess.NotDotNet with { IsRefused = start.Pid == sleeper.Id }));
            await scan.PassAsync(TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromMinutes(5));
            await scan.PassAsync(TestContext.Current.CancellationToken);

            var told = Assert.Single(log.Entries, entry => entry.Message.Contains("AppArmor", StringComparison.Ordinal));
            Assert.StartsWith("1 of the processes", told.Message, StringComparison.Ordinal);
        }
        finally
        {
            sleeper.Kill();
        }
    }

    private ProcessScan ScanWith(TimeProvider clockOfExamination, TimeProvider? clock = null) => ScanWith(clock ?? TimeProvider.System, Examination(clockOfExamination).ExamineAsync);

    private ProcessExamination Examination(TimeProvider clock) => new(HostIdentity.Read("none"), new IgnoredPrograms([], [service]), clock);

    private ProcessScan ScanWith(TimeProvider clock, Func<ProcessStart, CancellationToken, Task<ExaminedProcess>> examine)
    {
        var vitals = new VitalsCollector(new CollectedVitals(), TimeProvider.System, new Random(1));
        return new ProcessScan(Examination(TimeProvider.System), directory, vitals, new LocalPolicy(), new AgentOptions(), clock, log) { Examine = examine };
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

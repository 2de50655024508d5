using System.Diagnostics;
using System.Net.Sockets;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Tests.Collectors.Go;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Discovery;

/// <summary>Real processes, healthy and troubled.</summary>
[Trait("Ring", "process")]
public sealed class ProcessExaminationTests(GoProbeProgram program)
{
    private readonly HostIdentity host = HostIdentity.Read("none");

    // Past the time in which a process may still be starting.
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow.AddMinutes(1));

    [Fact]
    public async Task Probe_Healthy_IsAnInstanceWithAVerifiedSocket()
    {
        await using var probe = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", "probe\u001b[31m\u202e"));
        var examined = await ExamineAsync(probe.Pid);
        Assert.Equal(ExaminedKind.Instance, examined.Kind);
        Assert.Equal("probe[31m", examined.Instance!.Description.Service);
        var target = Assert.IsType<DotNetTarget>(examined.Instance.Target);
        Assert.Equal(probe.SocketPath, target.Endpoint.SocketPath);
        Assert.Equal(Environment.Version.Major, target.RuntimeVersion!.Major);
        Assert.Equal(InstanceProblem.None, examined.Instance.Description.Problem);
        Assert.Matches(@"^\d+\.\d+\.\d+", examined.Instance.Description.Version);
        Assert.Equal(examined.Instance.InstanceId, (await ExamineAsync(probe.Pid)).Instance!.InstanceId);
    }

    [Fact]
    public async Task Probe_WithoutDiagnostics_IsListedWithTheReason()
    {
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_EnableDiagnostics", "0"));
        var instance = (await ExamineAsync(probe.Pid)).Instance!;
        Assert.Equal(InstanceProblem.DiagnosticsDisabled, instance.Description.Problem);
        Assert.Contains("DOTNET_EnableDiagnostics=0", instance.Description.ProblemDetail, StringComparison.Ordinal);
        Assert.Null(instance.Target);
        Assert.Equal("GcProbe", instance.Description.Service);
        Assert.StartsWith($".NET {Environment.Version.Major}.", instance.Description.Runtime, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_WithoutDiagnosticsAfterTheClockWasSetBack_IsNotTakenForOneThatStillStarts()
    {
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_EnableDiagnostics", "0"));
        var clock = new SteppedClock(time.GetUtcNow());
        var booted = host.BootedAt();
        var examination = new ProcessExamination(host with { BootedAt = () => booted }, new IgnoredPrograms([]), clock);
        var before = await examination.ExamineAsync(ProcessStart.Read(probe.Pid)!.Value, CancellationToken.None);

        // What the host says of its start moves with its clock.
        clock.Step(TimeSpan.FromHours(-2));
        booted -= TimeSpan.FromHours(2);
        var after = await examination.ExamineAsync(ProcessStart.Read(probe.Pid)!.Value, CancellationToken.None);

        Assert.Equal((ExaminedKind.Instance, ExaminedKind.Instance), (before.Kind, after.Kind));
        Assert.Equal(before.Instance!.InstanceId, after.Instance!.InstanceId);
        Assert.Equal(-7_200_000, after.Instance.Description.StartedUnixMs - before.Instance.Description.StartedUnixMs);
    }

    [Fact]
    public async Task Socket_TakenOverByAnotherProcessOfTheSameUser_IsNotOwnedAndHearsNothing()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        var path = probe.SocketPath;
        File.Delete(path);
        using var foreign = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        foreign.Bind(new UnixDomainSocketEndPoint(path));
        foreign.Listen();
        var instance = (await ExamineAsync(probe.Pid)).Instance!;
        Assert.Equal(InstanceProblem.SocketNotOwned, instance.Description.Problem);
        Assert.Null(instance.Target);
        using var accepted = await foreign.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await accepted.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken));
        File.Delete(path);
    }

    [Fact]
    public async Task Socket_Stale_IsGone()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        var path = probe.SocketPath;
        // A file that nobody listens at any more, under the right name.
        var other = path + "-old";
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(other));
            File.Delete(path);
            File.Move(other, path);
        }
        var instance = (await ExamineAsync(probe.Pid)).Instance!;
        Assert.Equal(InstanceProblem.SocketGone, instance.Description.Problem);
        File.Delete(path);
    }

    [Fact]
    public async Task Socket_Removed_IsGoneWithTheNextStep()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        File.Delete(probe.SocketPath);
        var instance = (await ExamineAsync(probe.Pid)).Instance!;
        Assert.Equal(InstanceProblem.SocketGone, instance.Description.Problem);
        Assert.Contains("restart", instance.Description.ProblemDetail, StringComparison.Ordinal);
    }

    /// <summary>A single-file program has no library of the runtime in its memory: only the socket tells, and the kernel knows one whose file was removed.</summary>
    [Fact]
    public async Task Socket_OfASingleFileProgramRemoved_IsListedWithTheReason()
    {
        await using var probe = await GoProbeProcess.StartAsync(await program.PathAsync, "/dev/null");
        var socket = Path.Combine(Path.GetTempPath(), DiagnosticSocket.NameOf(probe.Pid, ProcessStart.Read(probe.Pid)!.Value.Jiffies));
        Assert.Equal(ExaminedKind.NotDotNet, (await ExamineAsync(probe.Pid)).Kind);
        Assert.Equal("done", await probe.AskAsync($"listen {socket}"));
        File.Delete(socket);

        Assert.Equal(InstanceProblem.SocketGone, (await ExamineAsync(probe.Pid)).Instance!.Description.Problem);
    }

    [Fact]
    public async Task Process_InNamespacesOfItsOwn_IsReachedThroughItsOwnTree()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var folder = Directory.CreateTempSubdirectory("fp-namespace-");
        // As in a container: its own pids, and a temporary folder that is another one than ours of the same name.
        var start = new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", $"mount -t tmpfs none {folder.FullName} && exec dotnet \"$0\"", Path.Combine(AppContext.BaseDirectory, "..", "..", "GcProbe", "debug", "GcProbe.dll")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = folder.FullName;
        using var outer = Process.Start(start)!;
        try
        {
            var said = await outer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            if (said is null) Assert.Skip("no namespaces here: " + await outer.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            var pid = RunningProcess.ChildrenOf(outer.Id).Single().Pid;
            var instance = (await ExamineAsync(pid)).Instance!;
            Assert.Equal((InstanceProblem.None, pid), (instance.Description.Problem, instance.Description.Pid));
            Assert.StartsWith($"/proc/{pid}/root{folder.FullName}/dotnet-diagnostic-1-", Assert.IsType<DotNetTarget>(instance.Target).Endpoint.SocketPath, StringComparison.Ordinal);
            Assert.Matches(@"^\d+\.\d+\.\d+", instance.Description.Version);
        }
        finally
        {
            outer.StandardInput.Close();
            await outer.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As an agent sees it that was started anew after an upgrade whose service still waits for its restart.</summary>
    [Fact]
    public async Task Files_ReplacedSinceTheStart_SayNothingOfTheProcess()
    {
        var folder = Directory.CreateTempSubdirectory("fp-replaced-");
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "..", "..", "GcProbe", "debug"))) File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        var assembly = Path.Combine(folder.FullName, "GcProbe.dll");
        using var probe = Process.Start(new ProcessStartInfo("dotnet", [assembly]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("ready", await probe.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            var before = (await ExamineAsync(probe.Id)).Instance!;
            Assert.Matches(@"^\d+\.\d+\.\d+", before.Description.Version);
            Assert.NotEmpty(before.Description.GcMode);

            // The process is some minutes old, and the new file has the time that its package gave it.
            File.SetLastWriteTimeUtc(Assert.IsType<DotNetTarget>(before.Target).Endpoint.SocketPath, DateTime.UtcNow.AddMinutes(-5));
            File.Delete(assembly);
            File.Copy(typeof(FactAttribute).Assembly.Location, assembly);
            File.SetLastWriteTimeUtc(assembly, DateTime.UtcNow.AddYears(-1));
            var after = (await ExamineAsync(probe.Id)).Instance!;

            Assert.Equal(before.InstanceId, after.InstanceId);
            Assert.Equal(("", ""), (after.Description.Version, after.Description.GcMode));
        }
        finally
        {
            probe.StandardInput.Close();
            await probe.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Pid_ThatWasUsedAgain_IsNobody()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        var start = ProcessStart.Read(probe.Pid)!.Value;
        var examined = await new ProcessExamination(host, new IgnoredPrograms([]), time).ExamineAsync(start with { Jiffies = start.Jiffies - 1 }, CancellationToken.None);
        Assert.Equal(ExaminedKind.NotDotNet, examined.Kind);
    }

    [Fact]
    public async Task Process_Ended_IsNobody()
    {
        ProcessStart start;
        await using (var probe = await GcProbeProcess.StartAsync()) start = ProcessStart.Read(probe.Pid)!.Value;
        Assert.Equal(ExaminedKind.NotDotNet, (await new ProcessExamination(host, new IgnoredPrograms([]), time).ExamineAsync(start, CancellationToken.None)).Kind);
    }

    [Fact]
    public async Task Process_NotDotNet_IsNobody()
    {
        using var sleeper = Process.Start("sleep", "30");
        try
        {
            Assert.Equal(ExaminedKind.NotDotNet, (await ExamineAsync(sleeper.Id)).Kind);
        }
        finally
        {
            sleeper.Kill();
        }
    }

    /// <summary>The first process is root's: for an ordinary user it refuses as a security module does for root.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Process_ThatMayNotBeLookedInto_IsRefusedWhereTheAgentHasTheRight(bool hasRight)
    {
        Assert.SkipWhen(ProcessMaps.Read(1).IsReadable, "needs a user to whom the first process is closed");
        var examination = new ProcessExamination(host, new IgnoredPrograms([]), time) { MayLookIntoAll = hasRight };

        Assert.Equal(hasRight, (await examination.ExamineAsync(ProcessStart.Read(1)!.Value, CancellationToken.None)).IsRefused);
    }

    [Fact]
    public async Task Program_OnTheList_IsIgnored()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        var examination = new ProcessExamination(host, new IgnoredPrograms(["gcprobe"]), time);
        Assert.Equal(ExaminedKind.Ignored, (await examination.ExamineAsync(ProcessStart.Read(probe.Pid)!.Value, CancellationToken.None)).Kind);
    }

    [Theory]
    [InlineData("10.0.12", "10.0.12")]
    [InlineData(".NET 8.0.1", "8.0.1")]
    [InlineData("11.0.0-preview.3.25+abc", "11.0.0")]
    [InlineData("", null)]
    [InlineData("nonsense", null)]
    public void Version_AsRuntimesSayIt_IsRead(string text, string? expected) => Assert.Equal(expected, ProcessExamination.ParseVersion(text)?.ToString());

    private Task<ExaminedProcess> ExamineAsync(int pid) =>
        new ProcessExamination(host, new IgnoredPrograms([]), time).ExamineAsync(ProcessStart.Read(pid)!.Value, CancellationToken.None);
}

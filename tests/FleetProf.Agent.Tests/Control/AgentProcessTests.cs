using System.Text;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;
using Google.Protobuf;

namespace FleetProf.Agent.Tests.Control;

/// <summary>The agent as a process, against real .NET processes and a silo that the test plays.</summary>
[Trait("Ring", "process")]
public sealed class AgentProcessTests : IDisposable
{
    private const string HostName = "host-of-the-test";

    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-agent-").FullName;
    private readonly string service = "agent-test-" + Guid.NewGuid().ToString("N")[..8];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Probe_Running_IsReportedWithItsIdentityAndVitalsAndWithoutItsSecrets()
    {
        await using var silo = await FakeSilo.StartAsync();
        await using var agent = Start(silo);
        await using var probe = await GcProbeProcess.StartAsync(
            ("FLEETPROF_SERVICE", service), ("OTEL_SERVICE_NAME", "not-this"), ("DOTNET_gcConcurrent", "0"), ("DB_PASSWORD", "planted-in-environment"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=nor-this,service.version=4.5,service.instance.id=i-7,deployment.environment.name=stage,api.token=planted-in-attributes"));
        // Where the machine is busy it may start so slowly that the agent finds something wrong with it at first.
        await silo.Received.UntilAsync(state => state.Inventory.Any(instance => instance.Pid == probe.Pid && instance.Problem == InstanceProblem.None), "the probe in the inventory");
        var instance = silo.Received.Inventory.Single();
        Assert.Equal((service, "4.5", "i-7", "stage"), (instance.Service, instance.Version, instance.ServiceInstance, instance.Environment));
        Assert.Equal(("GcProbe", "workstation non-concurrent", "0"), (instance.EntryAssembly, instance.GcMode, instance.GcSettings["DOTNET_gcConcurrent"]));
        Assert.Equal((HostName, HostName), (silo.Received.Hellos[0].HostName, instance.Host));
        Assert.StartsWith($".NET {Environment.Version.Major}.", instance.Runtime, StringComparison.Ordinal);
        Assert.EndsWith("GcProbe.dll", instance.CommandLine, StringComparison.Ordinal);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(instance.StartedUnixMs), DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddSeconds(2));

        await probe.AskAsync("collect 2 blocking");
        await silo.Received.UntilAsync(state => state.FinishedBatches.SelectMany(batch => batch.Windows).Any(window => window.GcCounts.Sum(count => count) > 0), "a finished window with the collection");
        await silo.Received.UntilAsync(state => state.Frames.Any(frame => frame.Heartbeat is { AgentRssBytes: > 0, AgentCpuSeconds: > 0 }), "a heartbeat");
        await probe.KillAsync();
        await silo.Received.UntilAsync(state => state.Inventory.Count == 0, "an inventory without the probe");
        Assert.DoesNotContain(silo.Received.Frames, frame => Encoding.Latin1.GetString(frame.ToByteArray()).Contains("planted", StringComparison.Ordinal));
        Assert.DoesNotContain("planted", agent.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_KilledBeforeTheAcknowledgement_SendsTheSameWindowsAgainAndLaterNoMore()
    {
        await using var silo = await FakeSilo.StartAsync();
        silo.Received.AcknowledgesVitals = false;
        await using var probe = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service));
        await using (var first = Start(silo))
        {
            await silo.Received.UntilAsync(state => state.FinishedBatches.Count > 0, "a finished window");
            await first.KillAsync();
        }
        var before = silo.Received.FinishedBatches;
        silo.Received.AcknowledgesVitals = true;
        await using var second = Start(silo);
        await silo.Received.UntilAsync(state => state.FinishedBatches.Count(batch => batch.Equals(before[0])) == 2, "the same batch a second time");
        Assert.All(before, batch => Assert.Contains(batch, silo.Received.FinishedBatches.Skip(before.Count)));
        await silo.Received.UntilAsync(state => state.FinishedBatches.Any(batch => batch.Sequence > before[^1].Sequence), "a window of the second agent");

        var hellos = silo.Received.Hellos;
        Assert.Equal(hellos[0].AgentId, hellos[^1].AgentId);
        Assert.Equal(hellos[0].AgentSecret, hellos[^1].AgentSecret);
        Assert.NotEqual(hellos[0].ProcessNonce, hellos[^1].ProcessNonce);
        // One process has one id whoever looks, and no window of the second agent hides one of the first.
        var batches = silo.Received.FinishedBatches.DistinctBy(batch => batch.Sequence).ToList();
        Assert.Single(batches.SelectMany(batch => batch.Windows).Select(window => window.InstanceId).Distinct());
        Assert.Equal(batches.Sum(batch => batch.Windows.Count), batches.SelectMany(batch => batch.Windows).DistinctBy(window => (window.InstanceId, window.WindowStartUnixMs)).Count());

        await second.KillAsync();
        var seen = silo.Received.FinishedBatches.Select(batch => batch.Sequence).Max();
        await using var third = Start(silo);
        await silo.Received.UntilAsync(state => state.FinishedBatches.Any(batch => batch.Sequence > seen), "a window of the third agent");
        Assert.Equal(2, silo.Received.FinishedBatches.Count(batch => batch.Sequence == before[0].Sequence));
    }

    [Fact]
    public async Task Agent_Terminated_SendsTheRunningWindowAndLeavesNoSession()
    {
        await using var silo = await FakeSilo.StartAsync();
        await using var probe = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service));
        await using var agent = Start(silo);
        await silo.Received.UntilAsync(state => state.Inventory.Count == 1, "the probe in the inventory");
        await silo.Received.UntilAsync(_ => TargetSessions.CountOf(probe.Pid) == 1, "a session in the probe");
        // Its thread runs a moment before its events are on; a round trip orders the two.
        await new DiagnosticIpc(probe.SocketPath, probe.Pid).GetProcessInfoAsync(TestContext.Current.CancellationToken);
        await probe.AskAsync("collect 2 blocking");
        await silo.Received.UntilAsync(state => state.Previews.Any(preview => preview.GcCounts[2] == 1) || state.FinishedBatches.Any(batch => batch.Windows[0].GcCounts[2] == 1), "the collection");
        Assert.Equal(0, await agent.TerminateAsync());
        // The last bytes and the last thread are there for a moment yet.
        await silo.Received.UntilAsync(state => Collections(state) > 0, "the running window");
        Assert.Equal(1, Collections(silo.Received));
        await TargetSessions.UntilAsync(probe.Pid, isWatched: false);

        static long Collections(FakeSilo.State state) => state.FinishedBatches.SelectMany(batch => batch.Windows).Sum(window => window.GcCounts[2]);
    }

    [Fact]
    public async Task Session_Cut_ComesBackWithTheWholeInventory()
    {
        await using var silo = await FakeSilo.StartAsync();
        await using var probe = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service));
        await using var agent = Start(silo);
        await silo.Received.UntilAsync(state => state.Inventory.Count == 1, "the probe in the inventory");
        var inventories = silo.Received.Frames.Count(frame => frame.Inventory is not null);
        silo.Received.CutSessions();
        await silo.Received.UntilAsync(state => state.Hellos.Count == 2, "a second session");
        await silo.Received.UntilAsync(state => state.Frames.Count(frame => frame.Inventory is { Instances.Count: 1 }) > inventories - 1 && state.Frames.Count(frame => frame.Inventory is not null) > inventories, "the inventory again");
    }

    [Fact]
    public async Task Silo_Refuses_AgentWaitsAndComesBack()
    {
        await using var silo = await FakeSilo.StartAsync();
        silo.Received.Refusals.Enqueue(new Refusal { Reason = Refusal.Types.Reason.Overloaded, Message = "Full today.", RetryAfterSeconds = 1 });
        await using var agent = Start(silo);
        await silo.Received.UntilAsync(state => state.Frames.Any(frame => frame.Inventory is not null), "a session after the refusal");
        Assert.Equal(2, silo.Received.Hellos.Count);
        Assert.Contains("Full today.", agent.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parent_ClosesInput_AgentEnds()
    {
        await using var silo = await FakeSilo.StartAsync();
        await using var agent = Start(silo);
        await silo.Received.UntilAsync(state => state.Hellos.Count > 0, "a session");
        agent.CloseInput();
        Assert.Equal(0, await agent.UntilEndAsync());
    }

    [Fact]
    public async Task Options_Wrong_AreAllSaidAtOnce()
    {
        await using var agent = AgentProcess.Start("Silo=http://192.0.2.1:7443", "StateFolder=", "ScanInterval=00:00:00", "HostName= x", "Sillo=x");
        Assert.Equal(2, await agent.UntilEndAsync());
        foreach (var key in (string[])["FleetProf:Agent:Silo =", "FleetProf:Agent:StateFolder", "FleetProf:Agent:ScanInterval", "FleetProf:Agent:HostName", "FleetProf:Agent:Sillo"])
            Assert.Contains(key, agent.Said, StringComparison.Ordinal);
    }

    /// <summary>An agent that starts with what it takes to join reads its options before all others do.</summary>
    [Theory]
    [InlineData("ScanInterval=soon", "FleetProf:Agent:ScanInterval")]
    [InlineData("StateFolder=", "FleetProf:Agent:StateFolder")]
    [InlineData("FleetProf:Join:Wait=long", "FleetProf:Join:Wait")]
    public async Task Options_WrongBesideThoseForJoining_AreSaidAndEndTheAgent(string option, string key)
    {
        await using var agent = AgentProcess.Start($"StateFolder={folder}", "FleetProf:Join:Url=https://127.0.0.1:7444", option);

        Assert.Equal(2, await agent.UntilEndAsync());
        Assert.Contains(key, agent.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", agent.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StateFolder_InUse_SecondAgentSaysSo()
    {
        await using var silo = await FakeSilo.StartAsync();
        await using var first = Start(silo);
        await silo.Received.UntilAsync(state => state.Hellos.Count > 0, "a session");
        await using var second = Start(silo);
        Assert.Equal(1, await second.UntilEndAsync());
        Assert.Contains(folder, second.Said, StringComparison.Ordinal);
        Assert.Contains("another agent", second.Said, StringComparison.Ordinal);
    }

    private AgentProcess Start(FakeSilo silo) => AgentProcess.Start($"Silo={silo.Address}", $"StateFolder={folder}", $"Only:0={service}", "ScanInterval=00:00:01", "ReserveBytes=0", $"HostName={HostName}");
}

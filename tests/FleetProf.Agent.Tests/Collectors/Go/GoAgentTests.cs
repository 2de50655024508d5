using System.Text.Json;
using FleetProf.Agent.Tests.Control;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Collectors.Go;

/// <summary>The whole agent with a policy that names a Go program, against a silo that the test plays.</summary>
[Trait("Ring", "process")]
public sealed class GoAgentTests(GoProbeProgram built) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-goagent-");

    [Fact]
    public async Task GoProgram_NamedByThePolicy_ReachesTheSiloLikeAnyInstance()
    {
        var log = Path.Combine(folder.FullName, "probe.err");
        var policy = Path.Combine(folder.FullName, "policy.json");
        var program = Path.Combine(folder.FullName, "orders");
        File.Copy(await built.PathAsync, program);
        await File.WriteAllBytesAsync(policy, JsonSerializer.SerializeToUtf8Bytes(new { goPrograms = new[] { new { program, version = "2.0", gctraceLog = log } } }), TestContext.Current.CancellationToken);
        await using var silo = await FakeSilo.StartAsync();
        await using var probe = await GoProbeProcess.StartAsync(program, log);
        await using var agent = AgentProcess.Start(
            $"Silo={silo.Address}", $"StateFolder={Path.Combine(folder.FullName, "state")}", $"PolicyFile={policy}", "Only:0=none-of-dotnet", "ScanInterval=00:00:01", "ReserveBytes=0");
        await silo.Received.UntilAsync(state => state.Inventory.Any(instance => instance.Pid == probe.Pid), "the program in the inventory");
        var instance = Assert.Single(silo.Received.Inventory);
        Assert.Equal(("orders", "2.0", InstanceProblem.None), (instance.Service, instance.Version, instance.Problem));
        Assert.StartsWith("go1.", instance.Runtime, StringComparison.Ordinal);

        await probe.AskAsync("churn 50");
        await silo.Received.UntilAsync(
            state => state.FinishedBatches.SelectMany(batch => batch.Windows).Any(window => window.InstanceId == instance.InstanceId && window is { PauseMs: > 0, Gen2AfterBytes: > 0 }), "a finished window with pauses and heap");
        await probe.EndAsync();
        await silo.Received.UntilAsync(state => state.Inventory.Count == 0, "an inventory without the program");
    }

    public void Dispose() => folder.Delete(recursive: true);
}

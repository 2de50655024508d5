using FleetProf.Faults.Fleet;
using FleetProf.Faults.Injection;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Tests.Injection;

/// <summary>A silo and an agent with the periods that they have in life, which makes it last half a minute: for so long silence is no sign.</summary>
[Trait("Ring", "process")]
public sealed class HalfOpenLinkTests : IDisposable
{
    private const string Connected = "Connected to the silo";
    private const string Lost = "Trying again in";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-half-open-").FullName;
    private readonly int[] ports = [FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next()];

    [Fact]
    public async Task Link_ThatSwallowsEverything_IsNoticedAtBothEnds()
    {
        await using var silo = NewSilo();
        await using var link = new FaultProxy(ports[0]);
        await using var agent = NewAgent(link.Port);
        silo.Start();
        await UntilReadyAsync(silo);
        agent.Start();
        await UntilAsync("the agent is attached", Ample, agent, () => agent.Said.Contains(Connected, StringComparison.Ordinal) && silo.Said.Contains("attached (version", StringComparison.Ordinal));

        link.State = new(IsDead: true);

        await Task.WhenAll(
            UntilAsync("the agent's session ends", Limit, agent, () => agent.Said.LastIndexOf(Lost, StringComparison.Ordinal) > agent.Said.LastIndexOf(Connected, StringComparison.Ordinal)),
            UntilAsync("the silo's stream ends", Limit, silo, () => silo.Said.Contains(" detached.", StringComparison.Ordinal)));
        Assert.True(silo.IsRunning && agent.IsRunning);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task UntilAsync(string wish, TimeSpan limit, Part part, Func<bool> isTrue) =>
        Assert.True(await Wait.UntilAsync(limit, () => Task.FromResult(isTrue())), $"{wish}: not within {limit.TotalSeconds} s.\n{part.Said}");

    private async Task UntilReadyAsync(Part silo)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        Assert.True(await Wait.UntilAsync(Ample, async () =>
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{ports[1]}/health/ready"), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }), silo.Said);
    }

    /// <summary>Its agents give a sign of life every second, so that the silence begins with the link's death and not before.</summary>
    private Part NewSilo() => new("silo", "FleetProf.Silo",
    [
        $"--FleetProf:Silo:DataFolder={Path.Combine(folder, "silo")}",
        $"--FleetProf:Silo:AgentListen=127.0.0.1:{ports[0]}",
        $"--FleetProf:Silo:HttpListen=127.0.0.1:{ports[1]}",
        $"--FleetProf:Silo:SiloPort={ports[2]}",
        $"--FleetProf:Silo:GatewayPort={ports[3]}",
        "--FleetProf:Gateway:HeartbeatInterval=00:00:01",
    ]);

    /// <summary>It watches nothing.</summary>
    private Part NewAgent(int port) => new("agent", "FleetProf.Agent",
    [
        $"--FleetProf:Agent:StateFolder={Path.Combine(folder, "agent")}",
        $"--FleetProf:Agent:Silo=http://127.0.0.1:{port}",
        "--FleetProf:Agent:Only:0=none",
    ]);
}

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>A fleet with certificates as an operator has it: two hosts join by command, one is revoked. In this order: before the first test nobody but the installation's own agent has joined.</summary>
[Collection<FaultCollection>, TestCaseOrderer(typeof(AsWritten))]
public sealed class JoinTests(EnrollingUp up) : IClassFixture<EnrollingUp>, IDisposable
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private readonly string _host = Directory.CreateTempSubdirectory("fleetprof-e2e-host-").FullName;

    [Fact]
    public async Task Host_JoinsByToken_RunsAndIsRevoked()
    {
        // The installation's own agent has joined like any other, and works.
        var own = Assert.Single(await AgentsAsync());
        Assert.Equal("active", own.GetProperty("standing").GetString());
        await using var probe = await WatchedProbe.StartAsync();
        using var portal = PortalClient.Open(up.Data);
        await Until.TrueAsync("the probe is watched", Ample, async () => (await portal.InstancesAsync(probe.Service)).Count == 1);

        var token = await JsonAsync("agent", "token", "create", "--data", up.Data, "-o", "json", "--label", "rack=7");
        string[] join =
        [
            "agent", "join", token.GetProperty("joinUrl").GetString()!, "--data", _host, "--ca-hash", token.GetProperty("caHash").GetString()!,
            "--token", token.GetProperty("token").GetString()!,
        ];
        var (code, said) = await FleetProfProcess.RunAsync(join);
        Assert.True(code == 0, said);
        Assert.DoesNotContain(token.GetProperty("token").GetString()!, said, StringComparison.Ordinal);
        var (again, refusal) = await FleetProfProcess.RunAsync([.. join, "--again"]);
        Assert.True(again == 2 && refusal.Contains("used as often as it may", StringComparison.Ordinal), refusal);

        await using var agent = FleetProfProcess.Start("agent", "--data", _host);
        await agent.UntilSaidAsync("Connected to the silo", Ample);
        var joined = (await AgentsAsync()).Single(row => row.GetProperty("agentId").GetString() != own.GetProperty("agentId").GetString());
        Assert.Equal("7", joined.GetProperty("labels").GetProperty("rack").GetString());
        Assert.Contains(joined.GetProperty("agentId").GetString()!, said, StringComparison.Ordinal);

        var (revoked, how) = await FleetProfProcess.RunAsync("agent", "revoke", joined.GetProperty("agentId").GetString()!, "--data", up.Data);
        Assert.True(revoked == 0, how);
        await agent.UntilSaidAsync("The agent was revoked", Ample);
        await agent.UntilSaidAsync("The silo refused this agent (Revoked)", Ample);
    }

    [Fact]
    public async Task Host_ThatNeedsApproval_WaitsForItAndWorksUnderANewRoot()
    {
        var token = await JsonAsync("agent", "token", "create", "--data", up.Data, "-o", "json", "--approval");
        await using var join = FleetProfProcess.Start(
            "agent", "join", token.GetProperty("joinUrl").GetString()!, "--data", _host, "--ca-hash", token.GetProperty("caHash").GetString()!, "--token", token.GetProperty("token").GetString()!);
        await join.UntilSaidAsync("Waiting for approval", Ample);
        var pending = Assert.Single(await AgentsAsync(), row => row.GetProperty("standing").GetString() == "pending").GetProperty("agentId").GetString()!;

        var (rotated, step) = await FleetProfProcess.RunAsync("agent", "ca", "rotate", "--data", up.Data);
        Assert.True(rotated == 0 && step.Contains("Made the new root", StringComparison.Ordinal), step);
        var (early, why) = await FleetProfProcess.RunAsync("agent", "ca", "rotate", "--data", up.Data);
        Assert.True(early == 2 && why.Contains("Too early", StringComparison.Ordinal), $"{early}: {why}");

        var (approved, how) = await FleetProfProcess.RunAsync("agent", "approve", pending, "--data", up.Data);
        Assert.True(approved == 0, how);
        Assert.Equal(0, await join.UntilEndAsync(Ample));
        await using var agent = FleetProfProcess.Start("agent", "--data", _host);
        await agent.UntilSaidAsync("Connected to the silo", Ample);
    }

    public void Dispose() => Directory.Delete(_host, recursive: true);

    private async Task<IReadOnlyList<JsonElement>> AgentsAsync() => [.. (await JsonAsync("agent", "list", "--data", up.Data, "-o", "json")).EnumerateArray()];

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (code, said) = await FleetProfProcess.RunAsync(arguments);
        Assert.True(code == 0, said);
        return JsonSerializer.Deserialize<JsonElement>(said);
    }

    /// <summary>A port whose neighbour is free too: hosts join there. Below the range from which systems take ports by themselves: those come and go between our look and the start, or a restart.</summary>
    internal static int FreePair()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 20_000);
            try
            {
                using var first = new TcpListener(IPAddress.Loopback, port);
                first.Start();
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another pair.
            }
        }
    }
}

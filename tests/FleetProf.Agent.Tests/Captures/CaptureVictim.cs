using FleetProf.Agent.Discovery;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.AgentProtocol;
using Grpc.Net.Client;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>The agent process that <see cref="CaptureKillTests"/> kills: runs one capture over a state folder.</summary>
public sealed class CaptureVictim
{
    public const string FolderVariable = "FLEETPROF_TEST_VICTIM_FOLDER";
    public const string TargetVariable = "FLEETPROF_TEST_VICTIM_TARGET";
    public const string SocketVariable = "FLEETPROF_TEST_VICTIM_SOCKET";
    public const string KindVariable = "FLEETPROF_TEST_VICTIM_KIND";
    public const string SecondsVariable = "FLEETPROF_TEST_VICTIM_SECONDS";
    public const string PauseVariable = "FLEETPROF_TEST_VICTIM_PAUSE";
    public const string PortVariable = "FLEETPROF_TEST_VICTIM_PPROF_PORT";
    public const string SiloVariable = "FLEETPROF_TEST_VICTIM_SILO";

    [Fact(Explicit = true)]
    public async Task CaptureUntilKilled()
    {
        using var channel = GrpcChannel.ForAddress(Variable(SiloVariable));
        var client = new AgentGateway.AgentGatewayClient(channel);
        var pid = int.Parse(Variable(TargetVariable), null);
        var port = Environment.GetEnvironmentVariable(PortVariable);
        TargetProcess target = port is null ? DeskRig.TargetOf(pid, Variable(SocketVariable), new Version(10, 0, 12)) : DeskRig.GoTargetOf(pid, int.Parse(port, null));
        await using var rig = new DeskRig(() => client, Variable(FolderVariable)) { Target = target }.Run();
        var order = DeskRig.Order("c-1", Enum.Parse<CaptureKind>(Variable(KindVariable)), uint.Parse(Variable(SecondsVariable), null));
        (order.WhenPauseOverMs, order.ArmedSeconds) = (double.Parse(Variable(PauseVariable), System.Globalization.CultureInfo.InvariantCulture), 60);
        if (order.WhenPauseOverMs > 0) rig.Watch();
        rig.Desk.Accept(order);
        await Task.Delay(TimeSpan.FromMinutes(4), TestContext.Current.CancellationToken);
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
}
